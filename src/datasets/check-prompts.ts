import { hashJson } from '../base/hash.ts';
import { type ActiveReward, findBrokenCommand, findGoldFault } from '../rewards/index.ts';
import { findAspectFault } from '../schema/image-limits.ts';
import type { Prompt } from '../schema/prompt.ts';

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

/** Everything wrong with the prompts of one split: ids used twice, answers that cannot be graded, images that do not fit. */
export function findFaults(prompts: readonly PlacedPrompt[]): Fault[] {
  const firstPlaces = new Map<string, string>();
  return prompts.flatMap(({ place, prompt }) => {
    const firstPlace = firstPlaces.get(prompt.promptId);
    if (firstPlace === undefined) firstPlaces.set(prompt.promptId, place);
    const messages = [
      firstPlace && `promptId ${prompt.promptId} is already at ${firstPlace}; ids must differ`,
      findGoldFault(prompt),
      findQuestionFault(prompt),
      findMarkFault(prompt),
      ...prompt.images.map((image) => findAspectFault(image, image.key)),
    ];
    return messages.filter((message) => message !== undefined).map((message) => ({ place, message }));
  });
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

/** Prompts of the evaluation that are among the training prompts, by question, options and image bytes. */
export function findOverlap(train: readonly PlacedPrompt[], evaluation: readonly PlacedPrompt[]): Fault[] {
  const trained = new Map(train.map(({ place, prompt }) => [contentHash(prompt), place]));
  return evaluation.flatMap(({ place, prompt }) => {
    const trainPlace = trained.get(contentHash(prompt));
    if (trainPlace === undefined) return [];
    return [{ place, message: `${prompt.promptId} is also a training prompt, at ${trainPlace}; take it out of one` }];
  });
}

/** Highest n of the marks `<imageN>` in question and options; 0 without marks. */
export function highestImageMark({ question, options = [] }: Pick<Prompt, 'question' | 'options'>): number {
  const marks = [question, ...options].flatMap((text) => [...text.matchAll(/<image(\d+)>/g)]);
  return Math.max(0, ...marks.map((mark) => Number(mark[1])));
}

/** A prompt whose one image shows several figures may mark each of them; otherwise each mark needs its image. */
function findMarkFault(prompt: Prompt): string | undefined {
  const mark = highestImageMark(prompt);
  if (mark <= prompt.images.length || prompt.images.length === 1) return undefined;
  return `<image${mark}> has no image: the prompt has ${prompt.images.length}; add the image or remove the mark`;
}

function findQuestionFault({ question, options = [] }: Prompt): string | undefined {
  const texts: [string, string][] = [
    ['question', question],
    ...options.map((text): [string, string] => ['an option', text]),
  ];
  const faults = texts.flatMap(([name, text]) => {
    const fault = findBrokenCommand(text);
    return fault === undefined ? [] : [`${name} ${fault}`];
  });
  return faults[0];
}

function contentHash({ question, options = [], images }: Prompt): string {
  const content = [question.replace(/\s+/g, ' ').trim(), options, images.map((image) => image.sha256)];
  return hashJson(content);
}
