import { plainCharacters } from '../characters.ts';
import { lastBox } from '../extract/boxes.ts';
import { answersInSentence } from '../extract/sentence.ts';
import { lastStatement } from '../extract/stated.ts';

/** The answer within a ground truth, and where in it that was read; no place where the whole is the answer. */
export interface Gold {
  answer: string;
  place?: 'answer tags' | 'box' | 'last line' | 'statement' | 'sentence';
}

/** Words by which a text is a sentence rather than the name of something. */
const VERB = /\b(?:is|are|was|were|equals?|has|have|had|will|can|gives?|makes?|there|gets?|costs?|needs?|takes?)\b/i;

/**
 * Reads a ground truth as people have them: alone, or in `<answer>` tags, a `\boxed{}` of a worked solution, behind `####`,
 * or within a sentence.
 */
export function readGold(groundTruth: string): Gold {
  if (!/[<#]|\\boxed|\p{L}{2}/u.test(groundTruth)) return { answer: groundTruth };
  return readMarked(groundTruth) ?? readProse(groundTruth) ?? { answer: groundTruth };
}

function readMarked(groundTruth: string): Gold | undefined {
  const text = groundTruth.replaceAll('−', '-');
  const tagged = /<answer>([\s\S]*?)(?:<\/answer>|$)/i.exec(text)?.[1].trim();
  if (tagged) return { answer: lastBox(tagged)?.content ?? tagged, place: 'answer tags' };
  const line = /(?:^|\n)\s*####\s*([^\n]*\S)\s*$/.exec(text)?.[1];
  if (line) return { answer: line, place: 'last line' };
  const box = text.includes('\\boxed') ? lastBox(text) : undefined;
  return box && { answer: box.content, place: 'box' };
}

function readProse(text: string): Gold | undefined {
  const plain = plainCharacters(text);
  const stated = lastStatement(plain)?.content.replace(/[*\s]+$/, '');
  if (stated) return { answer: stated, place: 'statement' };
  if (plain.trim().includes('\n') || !isSentence(plain) || !/[\d$]|\\\(/.test(plain)) return undefined;
  const spans = plain.match(/\$[^$]+\$|\\\(.+?\\\)/gs) ?? [];
  if (spans.length > 1) return undefined;
  const inside = answersInSentence(plain).at(-1) ?? (spans.length === 1 ? spans[0] : undefined);
  return inside === undefined ? undefined : { answer: inside, place: 'sentence' };
}

/** At least three words beside the formulas, a verb among them. */
export function isSentence(text: string): boolean {
  const words = wordsOf(text);
  return /^\s*\p{L}/u.test(text) && words.length >= 3 && VERB.test(words.join(' '));
}

/** Words of two letters or more outside formulas. */
export const wordsOf = (text: string): string[] =>
  text.replace(/\$[^$]*\$|\\\(.*?\\\)|\\[a-zA-Z]+/gs, ' ').match(/\p{L}[\p{L}'’-]+/gu) ?? [];
