import { type Command, InvalidArgumentError, Option } from 'commander';
import { InvalidInputError } from '../../schema/errors.ts';
import { print } from '../print.ts';

interface ExportOptions {
  format: string;
  out: string;
  set: 'sft' | 'rl';
  store: string;
  s3?: string;
  bucketOwner?: string;
  force?: boolean;
  json?: boolean;
}

export function register(program: Command): void {
  program
    .command('export')
    .description("write a run's SFT examples or RL prompts in another tool's format, with how to load them")
    .argument('<run>', 'run id: a folder in runs/ of the store')
    .requiredOption('--format <name>', 'webdataset, trl, llama-factory, verl, ms-swift, openai or bedrock')
    .requiredOption('--out <dir>', 'folder for the export: a new or an empty one')
    .addOption(
      new Option('--set <name>', 'examples that SFT learns, or prompts that RL asks (trl, verl, ms-swift)')
        .choices(['sft', 'rl'])
        .default('sft'),
    )
    .option('--store <place>', 'folder or s3://bucket/prefix that the run is in', '.rise')
    .option('--s3 <uri>', 'bedrock: s3://bucket/prefix that you will copy the export to', parsePlace)
    .option('--bucket-owner <account>', 'bedrock: account id that owns the bucket', parseAccount)
    .option('--force', 'write into a folder that has files; those of the same names are written over')
    .option('--json', 'print one line: {"format", "set", "runId", "rows", "imageFiles", "out", ...}')
    .action(runExport);
}

async function runExport(runId: string, options: ExportOptions): Promise<void> {
  const { format, out, set, store, s3, bucketOwner, force, json } = options;
  if ((s3 === undefined) !== (bucketOwner === undefined)) {
    throw new InvalidInputError('--s3 and --bucket-owner go together; give both, or none');
  }
  const [{ exportRun }, { findExporter }, { openStore }, { createItemProgress }] = await Promise.all([
    import('../../formats/export-run.ts'),
    import('../../formats/exporters.ts'),
    import('../../store/open-store.ts'),
    import('../views/item-progress.ts'),
  ]);
  const startProgress = (name: string, total: number) =>
    json ? { advance() {}, close() {} } : createItemProgress(name, total, 'rows', process.stderr);
  const request = {
    ...{ runId, set, out, exporter: findExporter(format), store: openStore(store) },
    existing: force ? ('overwrite' as const) : ('refuse' as const),
    ...(s3 && bucketOwner && { s3: { uri: s3, owner: bucketOwner } }),
  };
  const exported = await exportRun(request, startProgress);
  if (json) return print(JSON.stringify(exported));
  const images = exported.imageFiles === 0 ? '' : `, ${exported.imageFiles} image files`;
  print(`${exported.rows} rows of ${set} as ${format}${images}: ${out}\nhow to load them: ${out}/README.md`);
}

function parsePlace(text: string): string {
  if (/^s3:\/\/[a-z0-9][a-z0-9.-]+(\/.*)?$/.test(text)) return text.replace(/\/+$/, '');
  throw new InvalidArgumentError('Give s3://bucket/prefix.');
}

function parseAccount(text: string): string {
  if (/^\d{12}$/.test(text)) return text;
  throw new InvalidArgumentError('Give the 12 digits of an account id.');
}
