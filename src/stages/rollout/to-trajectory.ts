import type { Prompt } from '../../schema/prompt.ts';
import type { Trajectory } from '../../schema/trajectory.ts';
import type { PromptCompletion } from '../sample-prompts.ts';
import { shortenFloat32 } from './shorten-float32.ts';

/** A completion as the trajectory that a rollout keeps of it. */
export function toTrajectory(
  { prompt, index, tokenIds, logprobs, text, finishReason }: PromptCompletion,
  policyVersion: number,
  seedOf: (prompt: Prompt, index: number) => number,
): Trajectory {
  return {
    promptId: prompt.promptId,
    trajectoryIndex: index,
    policyVersion,
    seed: seedOf(prompt, index),
    tokenIds,
    samplingLogprobs: logprobs.map(shortenFloat32),
    text,
    finishReason,
  };
}
