import type { Prompt } from '../../schema/prompt.ts';
import { withoutAsked } from './asked.ts';
import {
  compareChoice,
  compareLetters,
  compareYesOrNo,
  deniesLetter,
  findGoldOptions,
  isLetters,
  isYesOrNo,
  namesOther,
} from './choice.ts';
import { withoutSharedWords } from './comparative.ts';
import { compareAnswers } from './compare.ts';
import { type GradeOptions, withDecimalPoint } from './decimal-comma.ts';
import type { Compared } from './equivalence.ts';
import { saidInParts, withoutAside } from './extract/aside.ts';
import { type Expected, extractAnswer } from './extract/extract.ts';
import { answersInSentence } from './extract/sentence.ts';
import { findTextFault } from './gold/gold-fault.ts';
import { type Gold, readGold } from './gold/read-gold.ts';
import { withoutLabels } from './option-labels.ts';

export const ACCURACY_VERSION = '5';

/** What the grader holds of an answer; `undecided` earns nothing, and stays apart from `incorrect` for audits. */
export interface Verdict {
  verdict: 'correct' | 'incorrect' | 'undecided';
  extracted: string | undefined;
  /** Where the answer was found, as what it was compared, and with which result. */
  reason: string;
}

/** The question tells what an answer may repeat of it: `m + n = 5`, `row 5`. */
export type Question = Pick<Prompt, 'groundTruth' | 'options'> & Partial<Pick<Prompt, 'question'>>;

/** What is asked, as far as grading depends on it. */
interface Target {
  gold: Gold;
  options: readonly string[];
  /** Indices of the right options. */
  right: number[] | undefined;
  expected: Expected;
  question: string | undefined;
}

const VERDICTS = { equal: 'correct', different: 'incorrect', undecided: 'undecided' } as const;
const RELATIONS = { equal: 'equals', different: 'differs from', undecided: 'cannot be compared with' };

/** Grades the final answer of a response against the ground truth by rules alone; model text is never run as code. */
export function gradeAnswer(prompt: Question, response: string, { decimalComma }: GradeOptions = {}): Verdict {
  const readNumbers = decimalComma ? withDecimalPoint : asWritten;
  const target = readTargetOnce(prompt, readNumbers);
  const found = extractAnswer(response, target.expected);
  if (!found) return { verdict: 'incorrect', extracted: undefined, reason: 'the response gives no final answer' };

  const { comparison, as } = compareWith(target, readNumbers(found.answer), found.aside);
  return {
    verdict: VERDICTS[comparison],
    extracted: found.answer,
    reason: `${found.place} ${quote(found.answer)} ${RELATIONS[comparison]} ${describeGold(target)}, as ${as}`,
  };
}

const asWritten = (text: string) => text;

/** Siblings are graded against what was read for the first of them, also where a file is in the order of its models. */
const recent = new Map<string, Target>();
const MAX_RECENT = 512;
const MAX_KEY = 2000;

function readTargetOnce(prompt: Question, readNumbers: (text: string) => string): Target {
  const { groundTruth, options = [], question } = prompt;
  const key = [readNumbers === asWritten, groundTruth, ...options].join('\0');
  if (key.length > MAX_KEY) return readTarget(prompt, readNumbers);
  const known = recent.get(key) ?? readTarget(prompt, readNumbers);
  if (recent.size === MAX_RECENT && !recent.has(key)) recent.delete(recent.keys().next().value!);
  recent.set(key, known);
  return { ...known, question };
}

function readTarget({ groundTruth, options: given = [], question }: Question, readNumbers = asWritten): Target {
  const options = withoutLabels(given).map(readNumbers);
  const { gold, right } = readRight(readNumbers(groundTruth), options);
  const text = right?.length === 1 ? options[right[0]] : gold.answer;
  const isChoice = options.length > 0 || isLetters(gold.answer);
  return {
    gold,
    options,
    right,
    question,
    expected: isYesOrNo(text) ? 'yes or no' : isChoice ? 'choice' : 'value',
  };
}

/** The gold as it stands where it names an option, which may be a sentence; else what is read in it. */
function readRight(groundTruth: string, options: readonly string[]): { gold: Gold; right: number[] | undefined } {
  const whole = options.length > 0 ? findGoldOptions(groundTruth, options) : undefined;
  if (whole) return { gold: { answer: groundTruth }, right: whole };
  const gold = readGold(groundTruth);
  return { gold, right: options.length > 0 ? findGoldOptions(gold.answer, options) : undefined };
}

function describeGold({ gold, options, right }: Target): string {
  const texts = right === undefined ? '' : ` (${right.map((index) => options[index]).join('; ')})`;
  return quote(gold.answer + texts) + (gold.place === undefined ? '' : `, read in the ${gold.place} of the gold`);
}

/** The answer as it stands, else what the sentence that it is says. */
function compareWith(target: Target, answer: string, aside?: string): Compared {
  const whole = compareOne(target, answer);
  if (whole.comparison === 'equal')
    return isContradicted(target, answer, whole, aside) ? { ...whole, comparison: 'different' } : whole;
  const parts = target.right ? undefined : saidInParts(answer);
  const compared = parts && areOneAnswer(parts) ? parts.map((part) => compareOne(target, part)) : [];
  if (compared.length > 0 && compared.every(({ comparison }) => comparison === 'equal')) return compared[0];
  const said = answersInSentence(answer)
    .map(withoutAside)
    .map((inSentence) => (inSentence === answer ? whole : compareOne(target, inSentence)));
  return (
    said.find(({ comparison }) => comparison === 'equal') ??
    said.find(({ comparison }) => comparison === 'different') ??
    whole
  );
}

/** `B. red` or `blue. C` where B is blue, `7. 8`. */
function isContradicted(target: Target, answer: string, { as }: Compared, aside = ''): boolean {
  const { right, options } = target;
  const [, letter, other] = /^[.,;\s]*(?:\(?([A-J])\)?|(-?\d+(?:\.\d+)?))[.\s]*$/.exec(aside) ?? [];
  if (right === undefined) return other !== undefined && compareOne(target, other).comparison !== 'equal';
  if (as !== 'choices') return letter !== undefined && letter.charCodeAt(0) - 65 !== right[0];
  return namesOther(`${answer}. ${aside}`, right, options);
}

/** `5 cm or 5 m` are two. */
const areOneAnswer = ([first, ...others]: string[]) =>
  others.every((other) => compareAnswers(other, first).comparison === 'equal');

function compareOne({ gold, options, right, question }: Target, given: string): Compared {
  const answer = withoutAsked(given, question);
  if (right) return compareChoice(answer, right, options);
  if (isLetters(gold.answer) && deniesLetter(answer)) return { comparison: 'different', as: 'choices' };
  const byMeaning = compareYesOrNo(answer, gold.answer) ?? compareAnswers(...withoutSharedWords(answer, gold.answer));
  return byMeaning.comparison === 'equal' ? byMeaning : (compareLetters(answer, gold.answer) ?? byMeaning);
}

const MAX_QUOTED = 300;
const quote = (text: string) => JSON.stringify(text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}...` : text);

/**
 * Why the ground truth cannot be graded against, or undefined where it can: what is read in it must be right as an answer,
 * and name an option where there are some.
 */
export function findGoldFault(prompt: Question): string | undefined {
  const { groundTruth, options = [] } = prompt;
  const target = readTarget(prompt);
  const fault = target.right ? undefined : findTextFault(groundTruth);
  if (fault !== undefined) return `groundTruth ${quote(groundTruth)} ${fault}`;
  if (options.length > 0 && !target.right) {
    return `groundTruth ${quote(groundTruth)} names none of the ${options.length} options; give a letter or an option's text`;
  }
  const isReachable = compareOne(target, target.gold.answer).comparison === 'equal';
  return isReachable
    ? undefined
    : `groundTruth ${quote(groundTruth)} would not even match itself; write it more plainly`;
}
