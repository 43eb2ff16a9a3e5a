import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256Of } from '../../../src/base/hash.ts';
import { exportRun } from '../../../src/formats/export-run.ts';
import type { ExportSet } from '../../../src/formats/exporter.ts';
import { EXPORTERS, findExporter } from '../../../src/formats/exporters.ts';
import { InvalidInputError } from '../../../src/schema/errors.ts';
import { sftShardsPrefix } from '../../../src/schema/keys.ts';
import type { Store } from '../../../src/store/store.ts';
import { type Asked, anImageFile, aPublishedRun, questionsOfEveryKind, RUN_ID } from '../../support/published-run.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';
import { writeExport } from '../../support/write-export.ts';

const folder = aTemporaryFolder();
const quietly = () => ({ advance() {}, close() {} });

/** Each format with each set it has a form for. */
const FORMS = EXPORTERS.flatMap(({ name, sets }) => sets.map((set): [string, ExportSet] => [name, set]));

let count = 0;
const exportFrom = (store: Store, format: string, set: ExportSet = 'sft', out = join(folder, `out${count++}`)) =>
  writeExport(store, findExporter(format), set, out);

const aRunOf = (asked: readonly Asked[]) => aPublishedRun(join(folder, `store${count++}`), asked);

/** The files of a folder with their hashes. */
function hashesOf(out: string): Record<string, string> {
  const names = readdirSync(out, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    names.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path.slice(out.length), sha256Of(readFileSync(path))];
    }),
  );
}

describe('an export', () => {
  let store: Store;
  let asked: Asked[];
  beforeAll(async () => {
    asked = await questionsOfEveryKind();
    store = await aRunOf(asked);
  });

  it.each(FORMS)('as %s of the set %s has the same bytes every time, and says how to load it', async (format, set) => {
    const first = await exportFrom(store, format, set);
    const second = await exportFrom(store, format, set);
    expect(first).toMatchObject({ format, set, rows: asked.length, mostImages: 2 });
    expect(hashesOf(first.out)).toEqual(hashesOf(second.out));
    expect(readFileSync(join(first.out, 'README.md'), 'utf8')).toMatch(
      /^# .*published.*\n[\s\S]*> Think first\.\n> Then/,
    );
  });

  it('keeps the provenance of each row beside a format without room for it, in its order', async () => {
    const { out } = await exportFrom(store, 'openai');
    const lines = readFileSync(join(out, 'provenance.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ id }) => id).toSorted()).toEqual(asked.map((_, index) => `p${index}-expert`));
    expect(JSON.parse(lines[0].provenance)).toMatchObject({ runId: RUN_ID, source: 'expert', expertProvider: 'test' });
  });

  it('writes an image that many rows share once, as it was', async () => {
    const { out, imageFiles } = await exportFrom(store, 'ms-swift');
    const images = asked.flatMap(({ images = [] }) => images);
    const names = readdirSync(join(out, 'images'));
    expect(names).toHaveLength(imageFiles);
    expect(names.map((name) => sha256Of(readFileSync(join(out, 'images', name)))).toSorted()).toEqual(
      [...new Set(images.map(({ ref }) => ref.sha256))].toSorted(),
    );
  });

  it('has no column of images where no row has one: readers of JSON would find no type for it', async () => {
    const textAlone = await aRunOf([{ question: 'What is 3 + 4?' }]);
    for (const format of ['ms-swift', 'llama-factory']) {
      const { out } = await exportFrom(textAlone, format);
      expect(readFileSync(join(out, 'train.jsonl'), 'utf8')).not.toContain('"images"');
    }
  });

  it('leaves a folder with files alone, unless it may write over them', async () => {
    const out = join(folder, 'full');
    await exportFrom(store, 'trl', 'sft', out);
    writeFileSync(join(out, 'mine.txt'), 'mine');
    await expect(exportFrom(store, 'verl', 'sft', out)).rejects.toThrow(/has files already; .*--force/);
    const exporter = findExporter('trl');
    await exportRun({ runId: RUN_ID, set: 'sft', store, out, exporter, existing: 'overwrite' }, quietly);
    expect(readFileSync(join(out, 'mine.txt'), 'utf8')).toBe('mine');
  });

  it('refuses a shard that was changed, before it writes', async () => {
    const changed = await aRunOf(asked);
    const [key] = (await changed.list(sftShardsPrefix(RUN_ID))).filter((each) => each.endsWith('.tar'));
    const bytes = await changed.read(key);
    bytes[600] ^= 1;
    await changed.write(key, bytes);
    const out = join(folder, 'changed');
    await expect(exportFrom(changed, 'trl', 'sft', out)).rejects.toThrow(/sft-00000-of/);
    expect(() => readdirSync(out)).toThrow(/ENOENT/);
  });

  it('of a run that has not published yet, or is not there, or as a format that is not, is refused by name', async () => {
    await expect(exportRun({ ...aRequest('trl'), runId: 'nobody' }, quietly)).rejects.toThrow(
      /no run nobody in .*--store/,
    );
    await store.delete(`runs/${RUN_ID}/prompts/manifest.json`);
    await expect(exportFrom(store, 'trl', 'rl')).rejects.toThrow(/has no runs\/published\/prompts\/ yet/);
    expect(() => findExporter('parquet')).toThrow(/no format "parquet"; give one of webdataset, trl/);
    await expect(exportFrom(store, 'openai', 'rl')).rejects.toThrow(/openai has no form for rl; it has one for sft/);
    await expect(exportRun(aRequest('bedrock'), quietly)).rejects.toThrow(/give --s3/);
  });

  const aRequest = (format: string) => ({
    ...{ runId: RUN_ID, set: 'sft' as const, store, out: join(folder, 'none'), exporter: findExporter(format) },
    existing: 'refuse' as const,
  });
});

describe('what a format cannot hold is refused before anything is written, by row', () => {
  const cases: [what: string, format: string, asked: () => Promise<Asked>, message: RegExp][] = [
    [
      'a mark of verl in an answer',
      'verl',
      async () => ({ question: 'Why?', response: 'As in <image>.' }),
      /response says <image>/,
    ],
    [
      'a mark of LLaMA-Factory',
      'llama-factory',
      async () => ({ question: 'What is <video>?' }),
      /question says <video>/,
    ],
    [
      'a mark of ms-swift',
      'ms-swift',
      async () => ({ question: 'Where?', response: '<bbox>' }),
      /response says <bbox>/,
    ],
    ['a word of Nova', 'bedrock', async () => ({ question: 'Bot: who?' }), /question says Bot:/],
    [
      'an image of Nova',
      'bedrock',
      async () => ({ question: 'Who?', images: [await aBitmap()] }),
      /is a tiff; make it/,
    ],
    [
      'a GIF for OpenAI',
      'openai',
      async () => ({ question: 'Who?', images: [await anImageFile(1, { format: 'gif' })] }),
      /is a gif; make/,
    ],
    ['grays for OpenAI', 'openai', async () => ({ question: 'Who?', images: [await aGray()] }), /b-w, not RGB or RGBA/],
    [
      'eleven images for OpenAI',
      'openai',
      async () => ({
        question: 'Who?',
        images: await Promise.all(Array.from({ length: 11 }, (_, i) => anImageFile(i))),
      }),
      /11 images, over the limit of 10/,
    ],
  ];

  it.each(cases)('%s', async (_, format, makeAsked, message) => {
    const store = await aRunOf([{ question: 'Fine?' }, await makeAsked()]);
    const out = join(folder, `refused${count++}`);
    const refusal = await exportFrom(store, format, 'sft', out).catch((error) => error);
    expect(refusal).toBeInstanceOf(InvalidInputError);
    expect(refusal.message).toMatch(/^1 of 2 rows cannot be written as .*\nrow \d \(p1-expert\): /);
    expect(refusal.message).toMatch(message);
    expect(() => readdirSync(out)).toThrow(/ENOENT/);
  });

  async function encoded(encode: (image: import('sharp').Sharp) => import('sharp').Sharp, extension: string) {
    const { default: sharp } = await import('sharp');
    const plain = await anImageFile(5);
    const bytes = await encode(sharp(plain.bytes)).toBuffer();
    const sha256 = sha256Of(bytes);
    return { bytes, ref: { ...plain.ref, sha256, key: `images/${sha256}.${extension}` } };
  }
  const aBitmap = () => encoded((image) => image.tiff(), 'tiff');
  const aGray = () => encoded((image) => image.toColourspace('b-w').png(), 'png');
});
