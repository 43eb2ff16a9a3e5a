import { join } from 'node:path';
import type { ExportSet } from '../../../src/formats/exporter.ts';
import { findExporter } from '../../../src/formats/exporters.ts';
import { aPublishedRun, questionsOfEveryKind, RUN_ID } from '../../support/published-run.ts';
import { findPythonWith } from '../../support/python-environment.ts';
import { runPeer } from '../../support/run-peer.ts';
import { ourPrompts, ourRows } from '../../support/taught-rows.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';
import { writeExport } from '../../support/write-export.ts';

const environment = findPythonWith('datasets==5.2.0', 'webdataset==1.0.2', 'pyarrow==26.0.1', 'pillow==13.0.0');
if ('missing' in environment) console.warn(`Skipped, ${environment.missing}: what datasets reads of exports`);
const itWithDatasets = 'python' in environment ? it : it.skip;

interface ReadExport {
  rows: (Record<string, unknown> & {
    id?: string;
    provenance?: string;
    extra_info?: { id: string; provenance: string };
  })[];
  pixels: string[][];
  feature: string;
}

const FILES: [format: string, set: ExportSet, file: string, feature: RegExp][] = [
  ['trl', 'sft', 'train.parquet', /^List\(Image/],
  ['trl', 'rl', 'train.parquet', /^List\(Image/],
  ['verl', 'sft', 'train.parquet', /^List\(Image/],
  ['verl', 'rl', 'train.parquet', /^List\(Image/],
  ['ms-swift', 'sft', 'train.jsonl', /^List\(Value\('string'/],
  ['ms-swift', 'rl', 'train.jsonl', /^List\(Value\('string'/],
  ['llama-factory', 'sft', 'train.jsonl', /^List\(Value\('string'/],
];

describe('what datasets reads of an export', () => {
  const folder = aTemporaryFolder();
  const pathOf = (format: string, set: string) => join(folder, `${format}-${set}`);
  let read: Record<string, ReadExport>;
  const expected: Record<string, { ids: string[]; pixels: string[][] }> = {};

  beforeAll(async () => {
    const store = await aPublishedRun(join(folder, 'store'), await questionsOfEveryKind());
    for (const [format, set] of FILES) await writeExport(store, findExporter(format), set, pathOf(format, set));
    const [taught, asked] = [await ourRows(store), await ourPrompts(store)];
    expected.sft = { ids: taught.map(({ id }) => id), pixels: taught.map(({ images }) => images) };
    expected.rl = { ids: asked.map(({ id }) => id), pixels: asked.map(({ images }) => images) };
    if ('missing' in environment) return;
    const files = FILES.map(([format, set, file]) => join(pathOf(format, set), file));
    read = runPeer(environment.python, 'test/support/read_exports.py', ...files);
  });

  itWithDatasets.each(FILES)('%s, %s: every row, its provenance and its pixels', (format, set, file, feature) => {
    const { rows, pixels, feature: seen } = read[join(pathOf(format, set), file)];
    const origins = rows.map((row) => row.extra_info ?? row) as { id: string; provenance: string }[];
    expect(seen).toMatch(feature);
    expect(origins.map(({ id }) => id)).toEqual(expected[set].ids);
    expect(pixels).toEqual(expected[set].pixels);
    for (const { id, provenance } of origins) {
      const { promptId, ...links } = JSON.parse(provenance);
      expect(id.startsWith(promptId)).toBe(true);
      if (set === 'sft') expect(links).toMatchObject({ source: 'expert', runId: RUN_ID, graderVersion: 'accuracy@4' });
    }
  });
});
