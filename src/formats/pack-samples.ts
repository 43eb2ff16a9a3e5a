import { streamBounded } from '../base/bounded.ts';
import type { SftIndexEntry } from '../schema/sft-example.ts';
import { arrangeSamples, type Shape } from './arrange-samples.ts';
import { addBlanks, encodeRecord, type JsonRecord, listFields } from './sample-fields.ts';
import { TAR_END, tarEntry } from './tar.ts';

/** A sample on its way into a tar: the text of its JSON member, and its images' files in order. */
export interface Sample extends Pick<SftIndexEntry, 'exampleId' | 'source' | 'promptId'> {
  json: string | Uint8Array;
  images: readonly Uint8Array[];
}

/** Samples by number, in the order that training begins with: in memory or on disk, as they like. */
export interface SampleSource {
  /** Of each sample, its number among the shapes. */
  shapeOf: ArrayLike<number>;
  shapes: readonly SampleShape[];
  read(sample: number): Promise<Sample>;
}

/** A shape, and the number of the first sample that has it. */
export interface SampleShape extends Shape {
  first: number;
}

/** One tar of samples. The index is whole once the content was read to its end. */
export interface PackedTar {
  name: string;
  samples: Uint32Array;
  content: AsyncIterable<Uint8Array>;
  index: SftIndexEntry[];
}

/** Numbers shapes as they come up. */
export function createShapeCatalogue() {
  const numbers = new Map<string, number>();
  const shapes: SampleShape[] = [];
  return {
    shapes,
    /** The number of the record's shape; `sample` is the record's own number. */
    numberOf(record: object, images: number, sample: number): number {
      const fields = listFields(record);
      const name = `${images} ${fields.join()}`;
      const known = numbers.get(name);
      if (known !== undefined) return known;
      numbers.set(name, shapes.length);
      return shapes.push({ images, fields: new Set(fields), first: sample }) - 1;
    },
  };
}

/** Packs samples into tars, each named by its place and their number. A tar is read before the next one is asked for. */
export function* packSamples(
  source: SampleSource,
  { samplesPerTar, nameOf }: { samplesPerTar: number; nameOf(index: number, count: number): string },
): Generator<PackedTar> {
  const { files, unshown } = arrangeSamples(source.shapeOf, source.shapes, samplesPerTar);
  for (const [index, samples] of files.entries()) {
    const name = nameOf(index, files.length);
    const entries: SftIndexEntry[] = [];
    const lacking = index === 0 ? unshown : new Set<string>();
    yield { name, samples, content: packTar(source, samples, { name, lacking, index: entries }), index: entries };
  }
}

/** Samples read ahead of the one that is packed: reading an image takes longer than packing it. */
const READ_AHEAD = 16;
const CHUNK_BYTES = 2 ** 18;

async function* packTar(
  source: SampleSource,
  samples: Uint32Array,
  { name, lacking, index }: { name: string; lacking: ReadonlySet<string>; index: SftIndexEntry[] },
): AsyncGenerator<Uint8Array> {
  let chunk: Uint8Array[] = [];
  let bytes = 0;
  for await (const sample of streamBounded(samples, READ_AHEAD, source.read)) {
    const order = samples[index.length];
    const json = index.length === 0 && lacking.size > 0 ? await showFields(sample, source, lacking) : sample.json;
    const { exampleId, source: origin, promptId } = sample;
    index.push({ exampleId, source: origin, promptId, shard: name, order });
    for (const part of sampleEntries(sample, json)) {
      chunk.push(part);
      bytes += part.byteLength;
    }
    if (bytes < CHUNK_BYTES) continue;
    yield Buffer.concat(chunk, bytes);
    chunk = [];
    bytes = 0;
  }
  yield Buffer.concat([...chunk, TAR_END]);
}

/** All images are `.png` to WebDataset, whatever is in them: the name of a slot cannot depend on the sample. */
function* sampleEntries({ exampleId, images }: Sample, json: string | Uint8Array): Generator<Uint8Array> {
  yield* tarEntry(`${exampleId}.json`, typeof json === 'string' ? Buffer.from(json) : json);
  for (const [slot, image] of images.entries()) yield* tarEntry(`${exampleId}.${slot}.png`, image);
}

/** The sample's JSON with blanks for the fields that neither it nor those after it show; `blank` tells which. */
async function showFields(sample: Sample, source: SampleSource, lacking: ReadonlySet<string>): Promise<string> {
  const record: JsonRecord = parse(sample.json);
  const witnesses = source.shapes.filter(({ fields }) => [...lacking].some((field) => fields.has(field)));
  const blank: string[] = [];
  for (const { first } of witnesses) blank.push(...addBlanks(record, parse((await source.read(first)).json)));
  return encodeRecord({ ...record, blank });
}

const parse = (json: string | Uint8Array) => JSON.parse(typeof json === 'string' ? json : Buffer.from(json).toString());
