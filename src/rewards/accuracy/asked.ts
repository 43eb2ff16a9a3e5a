import { withoutAskedWords } from './comparative.ts';
import { deniesNext } from './extract/last-number.ts';
import { CONDITION, isNameOfOne } from './name.ts';
import { normalizeAnswer } from './normalize.ts';

const CLOCK = /^\d{1,2}[:.][0-5]\d$/;
const MAX_ANSWER = 200;
const MAX_QUESTION = 4000;

/**
 * An answer without what repeats its question: `m + n = 5` is 5 where m + n is asked for, `row 7` is 7 where it is a row.
 * `6:30` is a ratio and `6.30` a number, no times, where a ratio is asked for. Without a question, nothing is taken off.
 */
export function withoutAsked(answer: string, question: string | undefined): string {
  if (question === undefined || answer.length > MAX_ANSWER || question.length > MAX_QUESTION) return answer;
  if (/\bratio\b|比/i.test(question) && CLOCK.test(answer.trim())) return `(${answer.replace(':', ')/(')})`;
  return withoutAskedSide(withoutAskedWords(answer, question), question);
}

/** `So we get` before the formula. */
const LEADING_WORDS = /^(?:(?!(?:sin|cos|tan|cot|sec|csc|log|ln|lg|lim|exp)\b)\p{L}\p{Ll}+[,:]?\s+)+/u;

function withoutAskedSide(answer: string, question: string): string {
  const at = answer.indexOf('=');
  if (at < 0) return answer;
  const before = normalizeAnswer(answer.slice(0, at));
  const [words = ''] = LEADING_WORDS.exec(before) ?? [];
  const side = before.slice(words.length);
  if (words !== '' && (CONDITION.test(words) || deniesNext(words))) return answer;
  if (side === '' || isNameOfOne(side) || !/\p{L}/u.test(side)) return answer;
  return isAskedIn(asAsked(side), asAsked(normalizeAnswer(question))) ? answer.slice(at + 1) : answer;
}

/** Without spaces; `\tan(x)` and `tan x` alike. */
const asAsked = (plain: string) =>
  plain
    .replace(/\\?(sin|cos|tan|cot|sec|csc)\s*\(\s*(\\?[a-zA-Z]+)\s*\)/g, '$1$2')
    .replace(/\\(?=(?:sin|cos|tan|cot|sec|csc)(?![a-z]{2}))|\s/g, '');

const FUNCTION_BEFORE = /(?:sin|cos|tan|cot|sec|csc)(?:[a-zA-Z]|\\[a-z]+)$/;
const FUNCTION_AFTER = /^(?:sin|cos|tan|cot|sec|csc)(?:[a-zA-Z]|\\)/;

/** Behind the word that asks, with nothing before or after that would make another formula of it. */
function isAskedIn(side: string, question: string): boolean {
  const asks = /(?:find|what|determine|compute|calculate|evaluate|valueof|howm|express|求|计算|多少)/i;
  for (let index = question.indexOf(side); index >= 0; index = question.indexOf(side, index + 1)) {
    const [before, after] = [question.slice(0, index), question.slice(index + side.length)];
    if (/[\d+\-*/^_=)}]$/.test(before) || /^[\d+\-*/^_(]/.test(after) || /^=[^?]/.test(after)) continue;
    if (FUNCTION_BEFORE.test(before) || FUNCTION_AFTER.test(after)) continue;
    if (asks.test(before.split(/[.?!]/).at(-1)!) || /^(?:=\?|是多少)/.test(after)) return true;
  }
  return false;
}
