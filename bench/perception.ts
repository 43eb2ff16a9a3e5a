/**
 * The perception reward against accuracy alone: rise-tiny trained with each, several seeds, compared on held-out prompts.
 *
 *     npm run bench -- perception [--store /tmp/perception-study] [--seeds 1,2,3]
 *
 * Each run takes about two minutes on two cores; runs that the store holds already are not repeated. A prompt is perceived when
 * the response states all its facts, by the matcher; McNemar's test pairs the prompts of one seed, and of all seeds together.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../src/base/package-root.ts';
import { compareAccuracy } from '../src/benchmarks/compare-policies.ts';
import { matchFacts } from '../src/rewards/index.ts';
import { EvaluationRecord } from '../src/schema/evaluation.ts';
import { benchmarkPrefix, promptsKey, recordsKey } from '../src/schema/keys.ts';
import { Prompt } from '../src/schema/prompt.ts';
import { createLocalStore } from '../src/store/local-store.ts';
import { readRecords } from '../src/store/records.ts';
import { type BenchCase, printCases } from './support/report.ts';

const CONFIGS = { accuracy: 'tiny.yaml', perception: 'tiny-perception.yaml' };
const POLICIES = ['base', 'rl', 'rise'] as const;
const MEASURES = ['answer', 'perception'] as const;
type Policy = (typeof POLICIES)[number];
type Measure = (typeof MEASURES)[number];

/** A held-out prompt as one policy of one run answered it. */
interface Answered {
  /** Unique over the seeds. */
  promptId: string;
  tier: string;
  facts: number;
  factsStated: number;
  answer: boolean;
  perception: boolean;
}

const { values } = parseArgs({
  options: {
    store: { type: 'string', default: '/tmp/perception-study' },
    seeds: { type: 'string', default: '1,2,3' },
  },
});
const seeds = values.seeds.split(',').map(Number);
const store = createLocalStore(values.store);
const runs: { seed: number; reward: keyof typeof CONFIGS; answers: Record<Policy, Answered[]> }[] = [];
for (const seed of seeds) {
  for (const reward of ['accuracy', 'perception'] as const) {
    const runId = train(CONFIGS[reward], seed);
    const answers = { base: await readAnswers(runId, seed, 'base'), rl: await readAnswers(runId, seed, 'rl') };
    runs.push({ seed, reward, answers: { ...answers, rise: await readAnswers(runId, seed, 'rise') } });
  }
}
printRuns();
printTiers();
printCases('perception', compareRewards());

/** Runs the recipe, or finds it done, and gives the run id. */
function train(config: string, seed: number): string {
  const args = [
    'run',
    join(packageRoot, 'examples', config),
    '--seed',
    String(seed),
    '--store',
    values.store,
    '--json',
  ];
  console.error(`${new Date().toISOString()} ${config} seed ${seed}`);
  const { status, stdout } = spawnSync(process.execPath, [join(packageRoot, 'src/cli/main.ts'), ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const last = JSON.parse(stdout.trimEnd().split('\n').at(-1)!);
  if (status !== 0) throw new Error(`rise run ${config} with seed ${seed} failed: ${JSON.stringify(last)}`);
  return last.runId;
}

async function readAnswers(runId: string, seed: number, policy: Policy): Promise<Answered[]> {
  const prompts = await readRecords(store, promptsKey(runId, 'evaluation'), Prompt);
  const annotations = new Map(prompts.map((prompt) => [prompt.promptId, prompt.annotations ?? []]));
  const records = await readRecords(store, recordsKey(benchmarkPrefix(runId, policy, 'held-out')), EvaluationRecord);
  return records.map(({ promptId, tier = '', isCorrect, text }) => {
    const verdicts = matchFacts(annotations.get(promptId)!, text);
    const factsStated = verdicts.filter(Boolean).length;
    const perception = factsStated === verdicts.length;
    return {
      promptId: `${seed} ${promptId}`,
      tier,
      facts: verdicts.length,
      factsStated,
      answer: isCorrect,
      perception,
    };
  });
}

function printRuns(): void {
  console.log('seed  reward      policy  answers  perceived  facts stated');
  for (const { seed, reward, answers } of runs) {
    for (const policy of POLICIES) {
      const own = answers[policy];
      const facts = percent(sum(own.map(({ factsStated }) => factsStated)), sum(own.map((answer) => answer.facts)));
      const cells = [share(own, 'answer'), share(own, 'perception').padStart(9), facts.padStart(12)];
      console.log(`${String(seed).padEnd(4)}  ${reward.padEnd(10)}  ${policy.padEnd(6)}  ${cells.join('  ')}`);
    }
  }
}

function printTiers(): void {
  const tiers = [...new Set(runs[0].answers.base.map(({ tier }) => tier))];
  for (const measure of MEASURES) {
    console.log(`\n${measure} accuracy by tier, all seeds: ${tiers.join(', ')}`);
    for (const reward of ['accuracy', 'perception'] as const) {
      for (const policy of ['rl', 'rise'] as const) {
        const shares = tiers.map((tier) =>
          share(
            pool(reward, policy).filter((answer) => answer.tier === tier),
            measure,
          ),
        );
        console.log(`  ${reward.padEnd(10)}  ${policy.padEnd(4)}  ${shares.join('  ')}`);
      }
    }
  }
}

/** Each policy after training with the perception reward beside the same after accuracy alone. */
function compareRewards(): BenchCase[] {
  console.log('\nRL over base, exact two-sided McNemar');
  for (const reward of ['accuracy', 'perception'] as const) {
    for (const measure of MEASURES) {
      describeComparison(`${reward} reward`, measure, pool(reward, 'base'), pool(reward, 'rl'));
    }
  }
  console.log('\nperception reward over accuracy alone, exact two-sided McNemar');
  return (['rl', 'rise'] as const).flatMap((policy) =>
    MEASURES.map((measure) => {
      for (const seed of seeds) {
        const [before, after] = [pool('accuracy', policy, seed), pool('perception', policy, seed)];
        describeComparison(`${policy}, seed ${seed}`, measure, before, after);
      }
      const [before, after] = [pool('accuracy', policy), pool('perception', policy)];
      describeComparison(`${policy}, all seeds`, measure, before, after);
      const [theirs, ours] = [accuracyOf(before, measure), accuracyOf(after, measure)];
      return { model: `rise-tiny ${policy}, ${measure}`, ours, theirs, ratio: ours / theirs, unit: 'accuracy' };
    }),
  );
}

function describeComparison(place: string, measure: Measure, before: Answered[], after: Answered[]): void {
  const verdicts = (answers: Answered[]) =>
    answers.map((answer) => ({ promptId: answer.promptId, isCorrect: answer[measure] }));
  const { difference, p } = compareAccuracy(verdicts(before), verdicts(after));
  const points = `${difference >= 0 ? '+' : ''}${(100 * difference).toFixed(1)}`;
  const chance = p < 0.001 ? p.toExponential(1) : p.toFixed(3);
  console.log(`  ${measure.padEnd(10)}  ${place.padEnd(17)}  ${points.padStart(6)} points, p ${chance}`);
}

function pool(reward: keyof typeof CONFIGS, policy: Policy, seed?: number): Answered[] {
  const chosen = runs.filter((run) => run.reward === reward && (seed === undefined || run.seed === seed));
  return chosen.flatMap(({ answers }) => answers[policy]);
}

function share(answers: readonly Answered[], measure: Measure): string {
  return percent(answers.filter((answer) => answer[measure]).length, answers.length);
}

function accuracyOf(answers: readonly Answered[], measure: Measure): number {
  return answers.filter((answer) => answer[measure]).length / answers.length;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(1)}%`;
}
