import { extname } from 'node:path/posix';
import type { TrajectoryScore } from '../../schema/trajectory.ts';
import { readIfPresent } from '../../store/presence.ts';
import type { Store } from '../../store/store.ts';
import type { Observation } from '../observation.ts';
import type { Outcome, PromptOutcomes } from './read-outcomes.ts';

/** Prompts of an iteration that are shown, and trajectories of each. */
const PROMPTS = 4;
const TRAJECTORIES = 4;

/**
 * Some prompts of a rollout, of those that teach where there are enough: the question, what was answered and what it earned, and
 * the images. TensorBoard keeps one kind of thing under a tag, so that images have their own.
 */
export async function observeSamples(
  store: Store,
  read: readonly PromptOutcomes[],
  { group, step, time }: { group: string; step: number; time: number },
): Promise<Observation[]> {
  const teaching = read.filter(({ outcomes }) => new Set(outcomes.map(({ score }) => score.isCorrect)).size === 2);
  const candidates = teaching.length < PROMPTS ? read : teaching;
  const stride = Math.max(1, Math.floor(candidates.length / PROMPTS));
  const shown = candidates.filter((_, at) => at % stride === 0).slice(0, PROMPTS);
  const observations: Observation[] = [];
  for (const [at, sample] of shown.entries()) {
    const tag = `${group}/sample-${at + 1}`;
    observations.push({ kind: 'text', tag, step, time, markdown: describeSample(sample) });
    for (const [index, { key, width, height }] of sample.prompt.images.entries()) {
      const bytes = await readIfPresent(store, key);
      const image = bytes && { bytes, extension: extname(key).slice(1), width, height };
      if (image) observations.push({ kind: 'image', tag: `${tag}/image-${index + 1}`, step, time, image });
    }
  }
  return observations;
}

/** As many right ones as wrong ones, where there are so many. */
function chooseTrajectories(outcomes: readonly Outcome[]): Outcome[] {
  const [right, wrong] = [true, false].map((isCorrect) =>
    outcomes.filter(({ score }) => score.isCorrect === isCorrect),
  );
  const half = TRAJECTORIES / 2;
  const ofRight = Math.max(half, TRAJECTORIES - wrong.length);
  return [...right.slice(0, ofRight), ...wrong.slice(0, TRAJECTORIES - Math.min(right.length, ofRight))];
}

/** Markdown whose every word from outside stands in a fenced block, where it means nothing. */
export function describeSample({ prompt, outcomes }: PromptOutcomes): string {
  const right = outcomes.filter(({ score }) => score.isCorrect).length;
  const { promptId, tier, groundTruth, question, options = [] } = prompt;
  const facts = [promptId, ...(tier === undefined ? [] : [`tier ${tier}`]), `gold ${groundTruth}`];
  return [
    `**${right} of ${outcomes.length} trajectories right**`,
    fence([facts.join('   '), '', question, ...options].join('\n')),
    ...chooseTrajectories(outcomes).flatMap(({ trajectory: { text }, tokens, score }) => [
      `**${score.trajectoryIndex}** · reward ${score.reward.toFixed(3)} · ${score.isCorrect ? 'right' : 'wrong'} · ${tokens} tokens`,
      fence([text, '', ...describeReward(score)].join('\n')),
    ]),
  ].join('\n\n');
}

const describeReward = ({ rewardBreakdown }: TrajectoryScore) =>
  Object.entries(rewardBreakdown).map(
    ([name, { value, weight, evidence }]) => `${name} ${value} x ${weight}: ${evidence}`,
  );

/** A block whose fence is longer than any run of backticks in it. */
function fence(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const mark = '`'.repeat(longest + 1);
  return `${mark}\n${text}\n${mark}`;
}
