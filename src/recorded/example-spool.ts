import { closeSync, openSync, writeSync } from 'node:fs';
import { type LineFile, openLineFile } from '../base/line-file.ts';
import { createNumberColumn } from '../base/number-column.ts';
import { createRandom } from '../base/random.ts';
import { deriveSeed } from '../base/seeds.ts';
import type { PromptExample } from '../formats/format.ts';
import { createShapeCatalogue, type Sample, type SampleSource } from '../formats/pack-samples.ts';
import { encodeRecord } from '../formats/sample-fields.ts';
import { toRecord } from '../formats/webdataset.ts';
import type { SftExample } from '../schema/sft-example.ts';

/** Examples on disk on their way into shards: memory holds fourteen bytes of each. */
export interface ExampleSpool {
  /** Takes an example of the route with this number; those of one route keep their order. */
  add(route: number, example: PromptExample): void;
  /** All examples as samples: in the order of their routes, then shuffled by the seed. */
  open(seed: number, readImages: (keys: string[]) => Promise<Buffer[]>): SampleSource;
  close(): void;
}

/** What stands before a sample's JSON on its line, and a tab between them. */
type Header = [exampleId: string, source: SftExample['source'], promptId: string, ...imageKeys: string[]];

const CHUNK_CHARACTERS = 2 ** 18;

export function createExampleSpool(path: string): ExampleSpool {
  let routes = createNumberColumn(Uint32Array);
  const starts = createNumberColumn(Float64Array);
  const shapeOf = createNumberColumn(Uint16Array);
  const { shapes, numberOf } = createShapeCatalogue();
  const output = openSync(path, 'w');
  let input: LineFile | undefined;
  let pending: string[] = [];
  let characters = 0;
  let bytes = 0;
  const flush = () => {
    const chunk = Buffer.from(pending.join(''));
    for (let written = 0; written < chunk.length; ) written += writeSync(output, chunk, written);
    pending = [];
    characters = 0;
  };

  return {
    add(route, { example, prompt }) {
      const record = toRecord({ example, prompt });
      const { exampleId, source, promptId } = example;
      const header: Header = [exampleId, source, promptId, ...prompt.images.map(({ key }) => key)];
      const text = `${JSON.stringify(header)}\t${encodeRecord(record)}`;
      shapeOf.push(numberOf(record, prompt.images.length, routes.length));
      routes.push(route);
      starts.push(bytes);
      pending.push(text);
      characters += text.length;
      bytes += Buffer.byteLength(text);
      if (characters >= CHUNK_CHARACTERS) flush();
    },

    open(seed, readImages) {
      flush();
      input = openLineFile(path);
      const lines = input;
      const order = sortByRoute(routes);
      routes = createNumberColumn(Uint32Array);
      createRandom(deriveSeed(seed, 'sft-shards')).shuffleInPlace(order);
      const orderedShapes = new Uint16Array(order.length);
      const first = new Map<number, number>();
      for (let sample = 0; sample < order.length; sample++) {
        const shape = shapeOf.get(order[sample]);
        orderedShapes[sample] = shape;
        if (!first.has(shape)) first.set(shape, sample);
      }
      return {
        shapeOf: orderedShapes,
        shapes: shapes.map((shape, number) => ({ ...shape, first: first.get(number)! })),
        async read(sample): Promise<Sample> {
          const line = lines.lineAt(starts.get(order[sample]));
          const tab = line.indexOf('\t');
          const [exampleId, source, promptId, ...imageKeys]: Header = JSON.parse(line.slice(0, tab));
          const json = `${line.slice(tab + 1)}\n`;
          return { exampleId, source, promptId, json, images: await readImages(imageKeys) };
        },
      };
    },

    close() {
      closeSync(output);
      input?.close();
    },
  };
}

/** The examples' numbers, by their routes' numbers, else in their order. */
function sortByRoute(routes: { length: number; get(example: number): number }): Uint32Array {
  let most = 0;
  for (let example = 0; example < routes.length; example++) most = Math.max(most, routes.get(example));
  const places = new Uint32Array(most + 2);
  for (let example = 0; example < routes.length; example++) places[routes.get(example) + 1] += 1;
  for (let route = 1; route < places.length; route++) places[route] += places[route - 1];
  const order = new Uint32Array(routes.length);
  for (let example = 0; example < routes.length; example++) order[places[routes.get(example)]++] = example;
  return order;
}
