import jspb, { type BinaryWriter } from 'google-protobuf';
import type { Observation } from '../observation.ts';
import { binValues, type Histogram } from './histogram.ts';

/** Fields by number, of tensorflow/core/util/event.proto, summary.proto and tensor.proto. */
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5 };
const SUMMARY = { value: 1 };
const VALUE = { tag: 1, simpleValue: 2, image: 4, histogram: 5, tensor: 8, metadata: 9 };
const IMAGE = { height: 1, width: 2, colorspace: 3, encoded: 4 };
const HISTOGRAM = { min: 1, max: 2, count: 3, sum: 4, sumSquares: 5, bucketLimit: 6, bucket: 7 };
const METADATA = { pluginData: 1 };
const PLUGIN_DATA = { name: 1 };
const TENSOR = { type: 1, shape: 2, strings: 8 };
const SHAPE = { dimension: 2 };
const DIMENSION = { size: 1 };

/** `DT_STRING` of tensorflow/core/framework/types.proto. */
const STRINGS = 7;
/** RGB, for the viewer's own use. */
const RGB = 3;

type Write = (writer: BinaryWriter) => void;

/** The event that an event file begins with. */
export const encodeFileVersion = (time: number) =>
  encode((event) => {
    event.writeDouble(EVENT.wallTime, time);
    event.writeString(EVENT.fileVersion, 'brain.Event:2');
  });

/** An observation as TensorBoard's `Event`. */
export const encodeEvent = ({ step, time, ...observation }: Observation): Uint8Array =>
  encode((event) => {
    event.writeDouble(EVENT.wallTime, time);
    event.writeInt64(EVENT.step, step);
    writeNested(event, EVENT.summary, (summary) => {
      for (const value of valuesOf(observation)) writeNested(summary, SUMMARY.value, value);
    });
  });

type Observed<T = Observation> = T extends unknown ? Omit<T, 'step' | 'time'> : never;

function valuesOf(observation: Observed): Write[] {
  switch (observation.kind) {
    case 'scalars':
      return Object.entries(observation.values).map(([tag, value]) => (writer) => {
        writer.writeString(VALUE.tag, tag);
        writer.writeFloat(VALUE.simpleValue, value);
      });
    case 'histogram': {
      const histogram = binValues(observation.values);
      return histogram === undefined ? [] : [tagged(observation.tag, VALUE.histogram, writeHistogram(histogram))];
    }
    case 'image':
      return [tagged(observation.tag, VALUE.image, writeImage(observation.image))];
    case 'text':
      return [writeText(observation)];
  }
}

const tagged =
  (tag: string, field: number, content: Write): Write =>
  (writer) => {
    writer.writeString(VALUE.tag, tag);
    writeNested(writer, field, content);
  };

const writeImage =
  ({ height, width, bytes }: { height: number; width: number; bytes: Uint8Array }): Write =>
  (image) => {
    image.writeInt32(IMAGE.height, height);
    image.writeInt32(IMAGE.width, width);
    image.writeInt32(IMAGE.colorspace, RGB);
    image.writeBytes(IMAGE.encoded, bytes);
  };

const writeHistogram =
  ({ min, max, count, sum, sumSquares, limits, counts }: Histogram): Write =>
  (histogram) => {
    histogram.writeDouble(HISTOGRAM.min, min);
    histogram.writeDouble(HISTOGRAM.max, max);
    histogram.writeDouble(HISTOGRAM.count, count);
    histogram.writeDouble(HISTOGRAM.sum, sum);
    histogram.writeDouble(HISTOGRAM.sumSquares, sumSquares);
    histogram.writePackedDouble(HISTOGRAM.bucketLimit, limits);
    histogram.writePackedDouble(HISTOGRAM.bucket, counts);
  };

/** Text is a tensor of one string that the text plugin shows as Markdown. */
const writeText =
  ({ tag, markdown }: { tag: string; markdown: string }): Write =>
  (value) => {
    value.writeString(VALUE.tag, tag);
    writeNested(value, VALUE.tensor, (tensor) => {
      tensor.writeEnum(TENSOR.type, STRINGS);
      writeNested(tensor, TENSOR.shape, (shape) =>
        writeNested(shape, SHAPE.dimension, (dimension) => dimension.writeInt64(DIMENSION.size, 1)),
      );
      tensor.writeBytes(TENSOR.strings, Buffer.from(markdown.toWellFormed()));
    });
    writeNested(value, VALUE.metadata, (metadata) =>
      writeNested(metadata, METADATA.pluginData, (plugin) => plugin.writeString(PLUGIN_DATA.name, 'text')),
    );
  };

function encode(write: Write): Uint8Array {
  const writer = new jspb.BinaryWriter();
  write(writer);
  return writer.getResultBuffer();
}

const writeNested = (writer: BinaryWriter, field: number, content: Write) =>
  writer.writeMessage(field, content, (write, nested) => write(nested));
