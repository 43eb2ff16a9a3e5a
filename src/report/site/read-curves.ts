import { z } from 'zod';
import { mapBounded } from '../../base/bounded.ts';
import { checkpointPrefix, metricsKey, sftCheckpointPrefix } from '../../schema/keys.ts';
import type { Store } from '../../store/store.ts';
import { readAll } from './read-all.ts';
import type { Curve, CurveSection } from './report-data.ts';

const CONCURRENT_READS = 32;

/** A line of metrics: numbers by name (`docs/metrics.md`). */
const MetricsLine = z.record(z.string(), z.number());
type MetricsLine = z.infer<typeof MetricsLine>;

/** A chart, and the metrics that are its lines; of names with a star, whatever stands for it is the label. */
interface CurveSpec extends Pick<Curve, 'title' | 'about' | 'format'> {
  lines: Readonly<Record<string, string>>;
}

const PER_ITERATION: readonly CurveSpec[] = [
  {
    title: 'Reward',
    about: 'Mean of all trajectories: the weighted sum, and each reward unweighted. It should rise.',
    format: 'number',
    lines: { 'reward/mean': 'weighted', 'rewards/*/mean': '*' },
  },
  {
    title: 'Accuracy',
    about: 'Share of trajectories whose answer is right, on the prompts that the iteration trained on.',
    format: 'percent',
    lines: { 'accuracy/mean': 'accuracy' },
  },
  {
    title: 'Length',
    about: 'Sampled tokens a trajectory. A rise without a rise of accuracy is talk.',
    format: 'number',
    lines: { 'length/mean': 'tokens' },
  },
  {
    title: 'Cut off',
    about: 'Share of trajectories that were cut at maxNewTokens. Where it is high, give more tokens.',
    format: 'percent',
    lines: { 'length/unfinishedFraction': 'unfinished' },
  },
  {
    title: 'Zero-variance groups',
    about:
      'Groups that are all right or all wrong, which teach nothing. Near 100%: the prompts are too easy or too hard.',
    format: 'percent',
    lines: { 'group/zeroVarianceFraction': 'groups' },
  },
  {
    title: 'Sampler and trainer',
    about: 'How far log-probabilities of the sampler and of the trainer lie apart, in nats. It should stay near zero.',
    format: 'number',
    lines: { 'policy/samplerDifferenceMean': 'mean', 'policy/samplerDifferenceMax': 'largest' },
  },
];

const PER_RL_STEP: readonly CurveSpec[] = [
  {
    title: 'Entropy',
    about: 'Of the policy at its sampled tokens, in nats. A fall to zero ends exploration.',
    format: 'number',
    lines: { 'policy/entropy': 'entropy' },
  },
  {
    title: 'Clip fraction',
    about: 'Share of tokens whose ratio is past the clip. High: steps are too large, or too many on the same data.',
    format: 'percent',
    lines: { 'loss/clipFraction': 'clipped' },
  },
  {
    title: 'KL to the iteration\u2019s first policy',
    about: 'Approximate divergence (k3), in nats a token.',
    format: 'number',
    lines: { 'loss/approximateKl': 'KL' },
  },
  {
    title: 'Gradient norm',
    about: 'Before the clip. Jumps come before a divergence.',
    format: 'number',
    lines: { 'optimizer/gradNorm': 'norm' },
  },
  {
    title: 'Padding',
    about: 'Share of positions that hold no token: work for nothing.',
    format: 'percent',
    lines: { 'train/paddingFraction': 'padding' },
  },
];

const PER_SFT_STEP: readonly CurveSpec[] = [
  {
    title: 'SFT loss',
    about: 'Mean over the tokens of the responses. It should fall and flatten.',
    format: 'number',
    lines: { 'loss/sft': 'loss' },
  },
  {
    title: 'Gradient norm',
    about: 'Before the clip.',
    format: 'number',
    lines: { 'optimizer/gradNorm': 'norm' },
  },
  {
    title: 'Learning rate',
    about: 'By the schedule.',
    format: 'number',
    lines: { 'optimizer/learningRate': 'rate' },
  },
];

/** A run's curves by the metrics that its training has written so far; sections that have none are left out. */
export async function readCurves(store: Store, runId: string, iterations: number): Promise<CurveSection[]> {
  const indices = Array.from({ length: iterations }, (_, index) => index);
  const jobs = await mapBounded(indices, CONCURRENT_READS, (index) =>
    readAll(store, metricsKey(checkpointPrefix(runId, index)), MetricsLine),
  );
  const whole = jobs.map((lines) => lines.findLast(isOfIteration)).filter((line) => line !== undefined);
  const steps = jobs.flatMap((lines) => lines.filter((line) => !isOfIteration(line)));
  const sft = await readAll(store, metricsKey(sftCheckpointPrefix(runId)), MetricsLine);
  return [
    ...buildSection('RL by iteration', 'iteration', whole, PER_ITERATION, (line) => line.iteration + 1),
    ...buildSection('RL by optimizer step', 'optimizer step', steps, PER_RL_STEP, (_, at) => at + 1),
    ...buildSection('SFT', 'optimizer step', sft, PER_SFT_STEP, (_, at) => at + 1),
  ];
}

const isOfIteration = (line: MetricsLine) => 'iteration' in line;

function buildSection(
  title: string,
  axis: string,
  lines: readonly MetricsLine[],
  specs: readonly CurveSpec[],
  xOf: (line: MetricsLine, at: number) => number,
): CurveSection[] {
  const names = [...new Set(lines.flatMap(Object.keys))];
  const curves = specs.flatMap(({ lines: wanted, ...spec }) => {
    const own = Object.entries(wanted).flatMap(([pattern, label]) => matchNames(pattern, label, names));
    const drawn = own.map(({ name, label }) => ({ label, values: lines.map((line) => line[name] ?? null) }));
    return drawn.length === 0 ? [] : [{ ...spec, lines: drawn }];
  });
  return curves.length === 0 ? [] : [{ title, axis, x: lines.map(xOf), curves }];
}

function matchNames(pattern: string, label: string, names: readonly string[]): { name: string; label: string }[] {
  const [before, after] = pattern.split('*');
  if (after === undefined) return names.includes(pattern) ? [{ name: pattern, label }] : [];
  return names
    .filter((name) => name.startsWith(before) && name.endsWith(after) && name.length > pattern.length - 1)
    .map((name) => ({ name, label: name.slice(before.length, name.length - after.length) }));
}
