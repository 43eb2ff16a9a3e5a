import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar-stream';
import { z } from 'zod';
import { CorruptRecordError, RiseError } from '../schema/errors.ts';
import { sftShardName } from '../schema/keys.ts';
import { Prompt } from '../schema/prompt.ts';
import { SftExample } from '../schema/sft-example.ts';
import type { Exporter } from './exporter.ts';
import type { Format, OutgoingExample, PromptExample, StoredSftExample } from './format.ts';
import { createShapeCatalogue, packSamples, type SampleSource } from './pack-samples.ts';
import { dropBlanks, encodeRecord, type JsonRecord } from './sample-fields.ts';

/**
 * WebDataset: tars of `<exampleId>.json` (example and prompt), then `<exampleId>.<n>.png` per image, such that `webdataset`
 * and `datasets` read the same from them (docs/shards.md). The same examples give the same bytes.
 */
export const webdataset: Format = {
  name: 'webdataset',
  async *write(examples, { examplesPerFile }) {
    const tars = packSamples(createExampleSource(examples), { samplesPerTar: examplesPerFile, nameOf: sftShardName });
    for (const { name, content, index, samples } of tars) {
      const bytes = await buffer(content);
      yield { name, bytes, index, examples: Array.from(samples, (sample) => examples[sample].example) };
    }
  },
  read: (bytes) => Readable.from(readSamples(Readable.from([bytes]))).toArray(),
};

/** The run's own shards, as they are. */
export const webdatasetShards: Exporter = {
  name: 'webdataset',
  sets: ['sft'],
  provenance: 'within',
  async write({ shards }, folder) {
    for (const { name, content } of shards()) await folder.write(name, content);
  },
  guide: () => `
\`\`\`python
from glob import glob
import webdataset
for sample in webdataset.WebDataset(sorted(glob("*.tar")), shardshuffle=False).decode("pil"):
    sample["json"]["prompt"]["question"], sample["json"]["example"]["response"], sample.get("0.png")
\`\`\`

- Give all tars, in the order of their names. \`datasets\` reads them too:
  \`load_dataset("webdataset", data_files={"train": tars})\`.
- A question has its images where its marks are (\`<image>\`), those without a mark at its beginning, and its options in
  \`prompt.options\`. The system prompt is not in the tars: see above.
`,
};

/** Examples in memory as samples. */
function createExampleSource(examples: readonly OutgoingExample[]): SampleSource {
  const { shapes, numberOf } = createShapeCatalogue();
  const shapeOf = examples.map((each, sample) => numberOf(toRecord(each), each.prompt.images.length, sample));
  return {
    shapeOf,
    shapes,
    async read(sample) {
      const { example, prompt, readImages } = examples[sample];
      const { exampleId, source, promptId } = example;
      return {
        exampleId,
        source,
        promptId,
        json: encodeRecord(toRecord({ example, prompt })),
        images: await readImages(),
      };
    },
  };
}

/** The content of a sample's JSON: the same fields in every one, null where it has none. */
export function toRecord({ example, prompt }: PromptExample): JsonRecord {
  const { provenance, ...text } = example;
  const parts = 'rewardBreakdown' in provenance ? Object.entries(provenance.rewardBreakdown) : undefined;
  const rewardBreakdown =
    parts && Object.fromEntries(parts.map(([name, part]) => [name, { ...part, usage: part.usage ?? null }]));
  const ofEither = { trajectoryIndex: null, policyVersion: null, expertProvider: null, ...provenance };
  const { options = null, annotations = null, solution = null, tier = null } = prompt;
  return {
    example: { ...text, provenance: { ...ofEither, rewardBreakdown: rewardBreakdown ?? null } },
    prompt: { ...prompt, options, annotations, solution, tier },
  };
}

const ExampleFile = z.object({ example: SftExample, prompt: Prompt });
const Blanks = z.object({ blank: z.array(z.string()).default([]) });

/**
 * The examples of a tar, one in memory at a time.
 * Throws `CorruptRecordError` on a faulty example, a missing image or a name that comes again.
 */
export async function* readSamples(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<StoredSftExample> {
  const seen = new Set<string>();
  for await (const files of groupFiles(readTar(chunks))) {
    const name = [...files.keys()].find((each) => each.endsWith('.json'));
    if (name === undefined) continue;
    if (seen.has(name)) throw new CorruptRecordError(`two files are called ${name}; publish the shards again`);
    seen.add(name);
    yield toExample(name, files);
  }
}

function toExample(name: string, files: ReadonlyMap<string, Buffer>): StoredSftExample {
  const { example, prompt } = parseExample(name, files.get(name)!);
  const images = prompt.images.map(({ key }, index) => {
    const slot = `${example.exampleId}.${index}`;
    // Shards of the code before named an image by its own format.
    const image = files.get(`${slot}.png`) ?? files.get(`${slot}.${key.split('.').at(-1)}`);
    if (image) return image;
    throw new CorruptRecordError(
      `${name} lacks image ${index + 1} of ${prompt.images.length}; publish the shards again`,
    );
  });
  return { example, prompt, images };
}

function parseExample(name: string, content: Buffer): z.infer<typeof ExampleFile> {
  try {
    const record: JsonRecord = JSON.parse(content.toString('utf8'), (_, value) => value ?? undefined);
    dropBlanks(record, Blanks.parse(record).blank);
    return ExampleFile.parse(record);
  } catch (cause) {
    throw new CorruptRecordError(`${name} is no SFT example; publish the shards again`, { cause });
  }
}

/** Files that stand together and share their name up to its first dot. */
async function* groupFiles(files: AsyncIterable<[name: string, content: Buffer]>): AsyncGenerator<Map<string, Buffer>> {
  let group = new Map<string, Buffer>();
  let stem: string | undefined;
  for await (const [name, content] of files) {
    const [own] = name.split('.');
    if (own !== stem || group.has(name)) {
      if (group.size > 0) yield group;
      group = new Map();
      stem = own;
    }
    group.set(name, content);
  }
  if (group.size > 0) yield group;
}

async function* readTar(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<[name: string, content: Buffer]> {
  const archive = extract();
  const reading = pipeline(chunks, archive);
  // What it throws the loop throws too.
  reading.catch(() => {});
  try {
    for await (const entry of archive) yield [entry.header.name, await buffer(entry)];
    await reading;
  } catch (cause) {
    if (cause instanceof RiseError) throw cause;
    throw new CorruptRecordError(`no whole tar (${(cause as Error).message}); publish the shards again`, { cause });
  } finally {
    archive.destroy();
  }
}
