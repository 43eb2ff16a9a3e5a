import { join } from 'node:path';
import { type Command, Option } from 'commander';
import type { PublishOptions } from '../../recorded/publish-recorded.ts';
import type { SelfDistillConfig } from '../../schema/config/diagnosis.ts';
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
    .addOption(
      new Option('--order <order>', 'which are kept first: by the seed, the shortest, or the least alike')
        .choices(['random', 'shortest', 'diverse'])
        .default('random'),
    )
    .option('--examples-per-shard <n>', 'examples per tar', wholeNumber, 1000)
    .option(
      '--seed <n>',
      'of the choice and the order',
      numberOption({ least: 0, most: 2 ** 32 - 1, isWhole: true }),
      0,
    )
    .action(shards);
}

interface ShardsOptions extends Omit<PublishOptions, 'rules'> {
  order: SelfDistillConfig['order'];
}

async function shards({ order, ...options }: ShardsOptions): Promise<void> {
  const [{ publishRecorded }, { SelfDistillConfig }, { RECORDED_FILES }, { renderSources }] = await Promise.all([
    import('../../recorded/publish-recorded.ts'),
    import('../../schema/config/diagnosis.ts'),
    import('../../recorded/recorded-files.ts'),
    import('../views/render-recorded.ts'),
  ]);
  print(renderSources(await publishRecorded({ ...options, rules: SelfDistillConfig.parse({ order }) })));
  print(`\nindex: ${join(options.out, RECORDED_FILES.shardIndex)}`);
}
