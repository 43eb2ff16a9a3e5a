import { hashJson } from '../base/hash.ts';
import type { DecontaminationConfig } from '../schema/config/data.ts';
import type { Contamination, LeftOutPrompt } from '../schema/left-out.ts';
import type { Prompt } from '../schema/prompt.ts';
import type { Fault, PlacedPrompt } from './check-prompts.ts';

/** A set of prompts that a run is measured by. */
export interface EvaluationSet {
  name: string;
  prompts: readonly PlacedPrompt[];
}

/** A training prompt that is one of the evaluation too. */
export interface Contaminated extends LeftOutPrompt {
  train: PlacedPrompt;
  evaluation: PlacedPrompt;
}

type Rules = Pick<DecontaminationConfig, 'by' | 'ngramWords'>;

/**
 * Training prompts that are evaluation prompts too, by any of the rules, in their own order: each with the first rule and
 * the first evaluation prompt that it is like.
 */
export function findContaminated(
  train: readonly PlacedPrompt[],
  sets: readonly EvaluationSet[],
  { by, ngramWords }: Rules,
): Contaminated[] {
  const known = by.map((reason) => ({
    reason,
    heldOut: indexPrompts(sets, (prompt) => marksOf(prompt, reason, ngramWords)),
  }));
  return train.flatMap((own) => {
    for (const { reason, heldOut } of known) {
      const mark = marksOf(own.prompt, reason, ngramWords).find((each) => heldOut.has(each));
      if (mark === undefined) continue;
      const { set, placed } = heldOut.get(mark)!;
      const ids = { promptId: own.prompt.promptId, evaluationPromptId: placed.prompt.promptId };
      return [{ ...ids, reason, set, train: own, evaluation: placed }];
    }
    return [];
  });
}

/** Contamination as faults of the evaluation prompts. */
export function describeContaminated(contaminated: readonly Contaminated[]): Fault[] {
  return contaminated.map(({ reason, train, evaluation }) => ({
    place: evaluation.place,
    message: `${evaluation.prompt.promptId} is also a training prompt${LIKENESS[reason]}, at ${train.place}; take it out of one`,
  }));
}

const LIKENESS: Readonly<Record<Contamination, string>> = {
  content: '',
  id: ' by its id',
  text: ' by its words',
  image: ' by an image',
};

function indexPrompts(sets: readonly EvaluationSet[], marksOf: (prompt: Prompt) => readonly string[]) {
  const index = new Map<string, { set: string; placed: PlacedPrompt }>();
  for (const { name, prompts } of sets) {
    for (const placed of prompts) {
      for (const mark of marksOf(placed.prompt)) if (!index.has(mark)) index.set(mark, { set: name, placed });
    }
  }
  return index;
}

/** What two prompts that are the same by a rule have in common. */
function marksOf(prompt: Prompt, reason: Contamination, ngramWords: number): string[] {
  switch (reason) {
    case 'content':
      return [contentHash(prompt)];
    case 'id':
      return [prompt.promptId];
    case 'text':
      return ngramsOf(prompt.question, ngramWords);
    case 'image':
      return prompt.images.map(({ sha256 }) => sha256);
  }
}

function contentHash({ question, options = [], images }: Prompt): string {
  const content = [question.replace(/\s+/g, ' ').trim(), options, images.map((image) => image.sha256)];
  return hashJson(content);
}

const IMAGE_MARK = /<image\d*>/g;

/** Runs of so many words, without case and punctuation; of a shorter text, all of it. */
function ngramsOf(text: string, words: number): string[] {
  const all =
    text
      .replace(IMAGE_MARK, ' ')
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  if (all.length === 0) return [];
  if (all.length <= words) return [all.join(' ')];
  return Array.from({ length: all.length - words + 1 }, (_, start) => all.slice(start, start + words).join(' '));
}
