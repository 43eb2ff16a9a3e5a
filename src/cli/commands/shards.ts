import { join } from 'node:path';
import type { Command } from 'commander';
import type { PublishOptions } from '../../recorded/publish-recorded.ts';
import { numberOption } from '../options/number-option.ts';
import { print } from '../print.ts';

export function register(program: Command): void {
  const wholeNumber = numberOption({ least: 1, isWhole: true });
  program
    .command('shards')
    .description(
      'turn routes into SFT shards (WebDataset tars): own successes, and worked solutions where there are any',
    )
    .requiredOption('--scores <dir>', 'folder that `rise score` wrote')
    .option('--routes <dir>', 'folder that `rise route` wrote; the folder of the scores when absent')
    .requiredOption('--out <dir>', 'folder for the shards and their index')
    .option('--max-kept <n>', 'responses kept per prompt', wholeNumber, 4)
    .option('--examples-per-shard <n>', 'examples per tar', wholeNumber, 1000)
    .option(
      '--seed <n>',
      'of the choice and the order',
      numberOption({ least: 0, most: 2 ** 32 - 1, isWhole: true }),
      0,
    )
    .action(shards);
}

async function shards(options: PublishOptions): Promise<void> {
  const [{ publishRecorded }, { RECORDED_FILES }, { renderSources }] = await Promise.all([
    import('../../recorded/publish-recorded.ts'),
    import('../../recorded/recorded-files.ts'),
    import('../views/render-recorded.ts'),
  ]);
  print(renderSources(await publishRecorded(options)));
  print(`\nindex: ${join(options.out, RECORDED_FILES.shardIndex)}`);
}
