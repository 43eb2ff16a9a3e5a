import { createFirstSeen } from '../base/first-seen.ts';
import { shorten } from '../base/terminal-text.ts';
import {
  type ActiveReward,
  completeSolution,
  findBrokenCommand,
  findGoldFault,
  prepareResponse,
  type ResponseDemands,
} from '../rewards/index.ts';
import { findAspectFault } from '../schema/image-limits.ts';
import { findMarkFault } from '../schema/image-marks.ts';
import type { Prompt } from '../schema/prompt.ts';
import { findTokenFault } from './control-tokens.ts';
import { makeId } from './read-dataset.ts';

/** A prompt and where it was read: `file:line`, or what drew it. */
export interface PlacedPrompt {
  place: string;
  prompt: Prompt;
}

/** What would waste or spoil a run, and where. */
export interface Fault {
  place: string;
  message: string;
}

/** What prompts are checked against. */
export interface PromptDemands {
  /** Tokens that control the model, which no text of a prompt may hold. */
  controlTokens: readonly string[];
  /** What a worked solution must be to be learnt; absent where none will be. */
  solutions?: ResponseDemands;
}

/** Checks one prompt after the other of one source; gives what is wrong with each. */
export type PromptChecker = (placed: PlacedPrompt) => Fault[];

/** A checker that remembers the ids it has seen, and of each the line. */
export function createPromptChecker(demands: PromptDemands): PromptChecker {
  const ids = createFirstSeen();
  return ({ place, prompt }) => {
    const [, line = '0'] = /:(\d+)$/.exec(place) ?? [];
    const firstLine = ids.see(prompt.promptId, Number(line));
    const firstPlace = firstLine === undefined ? undefined : place.replace(/:\d+$/, `:${firstLine}`);
    const messages = [firstPlace && describeRepetition(prompt, firstPlace), ...findPromptFaults(prompt, demands)];
    return messages.filter((message) => message !== undefined).map((message) => ({ place, message }));
  };
}

/** Everything wrong with the prompts of one split: ids used twice, answers that cannot be graded, images that do not fit. */
export function findFaults(prompts: readonly PlacedPrompt[], demands: PromptDemands): Fault[] {
  const check = createPromptChecker(demands);
  return prompts.flatMap((placed) => check(placed));
}

function findPromptFaults(prompt: Prompt, { controlTokens, solutions }: PromptDemands): (string | undefined)[] {
  const goldFault = findGoldFault(prompt);
  return [
    goldFault,
    findCommandFault(prompt),
    findTokenFault(prompt, controlTokens) ??
      findMarkFault([prompt.question, ...(prompt.options ?? [])], prompt.images.length),
    // Against an answer that is none every solution is wrong.
    goldFault === undefined && solutions !== undefined ? findSolutionFault(prompt, solutions) : undefined,
    ...prompt.images.map((image) => findAspectFault(image, image.key)),
  ];
}

function findCommandFault({ question, options = [], solution = '' }: Prompt): string | undefined {
  const texts = [['question', question], ...options.map((option) => ['an option', option]), ['solution', solution]];
  const faults = texts.flatMap(([name, text]) => {
    const fault = findBrokenCommand(text);
    return fault === undefined ? [] : [`${name} ${fault}`];
  });
  return faults[0];
}

function describeRepetition(prompt: Prompt, firstPlace: string): string {
  return prompt.promptId === makeId(prompt)
    ? `the same question is already at ${firstPlace}; take one out`
    : `promptId ${shorten(prompt.promptId)} is already at ${firstPlace}; ids must differ`;
}

/** Why SFT may not learn a prompt's worked solution, if it has one. */
function findSolutionFault(prompt: Prompt, demands: ResponseDemands): string | undefined {
  if (prompt.solution === undefined) return undefined;
  const prepared = prepareResponse(prompt, completeSolution(prompt, prompt.solution), demands);
  if (prepared.kind === 'usable') return undefined;
  return `solution: ${prepared.evidence}; ${prepared.remedy}`;
}

/** Prompts that lack what a reward needs. */
export async function findNeedFaults(
  prompts: readonly PlacedPrompt[],
  rewards: readonly Pick<ActiveReward, 'name' | 'findNeeds'>[],
): Promise<Fault[]> {
  const faults = prompts.map(async ({ place, prompt }) => {
    const needs = await Promise.all(
      rewards.map(async ({ name, findNeeds }) =>
        (await findNeeds(prompt)).map((need) => ({ place, message: `rewards.${name} cannot score it: ${need}` })),
      ),
    );
    return needs.flat();
  });
  return (await Promise.all(faults)).flat();
}
