import type { ScoredGroup } from '../../src/algorithms/algorithm.ts';
import { RunConfig } from '../../src/schema/config/run-config.ts';
import type { Prompt } from '../../src/schema/prompt.ts';
import type { ExpertRoute } from '../../src/schema/route.ts';
import type { Trajectory } from '../../src/schema/trajectory.ts';

/** A text-only prompt whose answer is 7. */
export function aPrompt(fields: Partial<Prompt> = {}): Prompt {
  return { promptId: 'prompt-1', question: 'How many?', images: [], groundTruth: '7', ...fields };
}

/** A well-formatted trajectory that answers 7. */
export function aTrajectory(fields: Partial<Trajectory> = {}): Trajectory {
  return {
    promptId: 'prompt-1',
    trajectoryIndex: 0,
    policyVersion: 0,
    seed: 1,
    tokenIds: [5, 6],
    samplingLogprobs: [-0.5, -0.25],
    text: aResponse('7'),
    finishReason: 'stop',
    ...fields,
  };
}

/** The route of a prompt that four trajectories have not solved. */
export function anExpertRoute(promptId: string): ExpertRoute {
  return { promptId, kind: 'expert', passRate: 0, groupSize: 4, correctTrajectoryIndices: [] };
}

/** A prompt's trajectories with what they earned: those of at least 0.9 are correct. */
export function aScoredGroup(rewards: readonly number[]): ScoredGroup {
  const members = rewards.map((reward, trajectoryIndex) => ({
    trajectory: aTrajectory({ trajectoryIndex }),
    score: { promptId: 'prompt-1', trajectoryIndex, reward, isCorrect: reward >= 0.9, rewardBreakdown: {} },
  }));
  return { prompt: aPrompt(), members };
}

export const aResponse = (answer: string, thought = 'I count.') =>
  `<think>${thought}</think> <answer>\\boxed{${answer}}</answer>`;

/** A small run on rendered tasks, as its config file would say it. */
export function aRunConfig(fields: Partial<Parameters<typeof RunConfig.parse>[0] & object> = {}): RunConfig {
  return RunConfig.parse({
    name: 'test',
    seed: 7,
    policy: { model: 'models/base/' },
    data: {
      train: { kind: 'tasks', split: 'train', tiers: { read: 4, product: 4 }, seed: 1 },
      evaluation: { kind: 'tasks', split: 'evaluation', tiers: { read: 3, product: 2 }, seed: 1 },
    },
    sampling: { maxNewTokens: 16 },
    rl: { iterations: 2, promptsPerIteration: 4, groupSize: 2, optimizer: { learningRate: 1e-3 } },
    diagnosis: { trajectoriesPerPrompt: 4, maxKeptPerPrompt: 1 },
    sft: { epochs: 1, examplesPerShard: 4, optimizer: { learningRate: 1e-3 } },
    compute: { rolloutShards: 2 },
    ...fields,
  });
}
