import type { Command } from 'commander';
import { numberOption } from '../options/number-option.ts';
import { print } from '../print.ts';

interface TestOptions {
  timeoutSeconds?: number;
  maxNewTokens: number;
  json?: boolean;
}

export function register(program: Command): void {
  program
    .command('reward')
    .description('work on a reward of your own')
    .command('test')
    .description('run the golden cases of a reward, as every run does before it begins')
    .argument('<file>', 'module of the reward (.ts, .mts, .js, .mjs)')
    .option('--timeout-seconds <n>', 'that a case may take; 30 when absent', numberOption({ least: 0.001 }))
    .option(
      '--max-new-tokens <n>',
      'as sampling.maxNewTokens of a run',
      numberOption({ least: 1, isWhole: true }),
      1024,
    )
    .option(
      '--json',
      'print one line: {"reward", "ready", "cases": [{"name", "kind", "value"?, "evidence"?, "fault"?}]}',
    )
    .action(test);
}

/** Exits 1 where a case does not hold. */
async function test(file: string, { json, ...options }: TestOptions): Promise<void> {
  const [{ testUserReward }, { describeRewardTest, renderRewardTest }] = await Promise.all([
    import('../../rewards/user/test-user-reward.ts'),
    import('../views/render-reward-test.ts'),
  ]);
  const result = await testUserReward(file, options);
  print(json ? JSON.stringify(describeRewardTest(result)) : renderRewardTest(result));
  if (result.cases.some(({ outcome }) => outcome.kind !== 'holds')) process.exitCode = 1;
}
