import { NOT_SAID } from './doubt.ts';

/**
 * Choice letters in prose. A letter counts where it stands as a word of its own and names a choice: not the article A, not
 * the pronoun I, not a variable, a point or a label, and not in a clause that denies it or gives a reason.
 */

const MAX_LENGTH = 400;
const DENIED = new RegExp(
  String.raw`\b(?:not|never|neither|nor|wrong|incorrect|false|eliminat\w*|exclud\w*|rul\w+ out|(?:is|are) out|cannot|except|instead of|rather than|unlike|discard\w*|reject\w*|too|worst|least likely|far from|opposite|no longer|other than)\b|[❌✗✘✖]|n't\b|不|错|錯|非|아니|ない|\bno es\b|\bnicht\b|\bpas\b|\b${NOT_SAID}\b|\b(?:(?:could|might|may) be|if)\b`,
  'i',
);
const CLAUSE = /[,;:]\s|\.\s|[\n—]|\b(?:but|so|then|therefore|thus|hence)\b/i;
const REASON =
  /\b(?:because|since|as|given that|due to|where|while|whereas|although|though)\b[\s\S]*$|因为[\s\S]*$|由于[\s\S]*$/i;
/** What stood before is not so. */
const TAKES_BACK =
  /^\s*(?:(?:this|that|it)\s+(?:is|was|turns out)\s+(?:wrong|false|incorrect|not\s+(?:so|right|true|correct|the case))|I disagree)\b/i;
const LABELLED =
  /\b(?:point|angle|vertex|vertices|side|line|segment|triangle|circle|square|team|person|box|bag|city|town|set|event|vitamin|plan|type|class|grade|group|section|part|step|case|column|row|model)s?\s+$/i;
const LETTER =
  /(?<![A-Za-z0-9'\\_=+*/^.!~¬-])(?<!\\[a-z]+\s{0,2}|[<>]\s)[([]?([A-J])[)\]]?(?!\s*[=<>+*^_]|[A-Za-z0-9'_-]|\s*\/\s*\d)/g;

/** The letters of the last clause that gives any; more than one where it hedges, none where no letter is given. */
export function lettersInProse(text: string): string[] {
  if (text.length > MAX_LENGTH) return [];
  const clauses = text
    .replace(/\b(wrong|incorrect|worst)\s+(?:answer|option|choice)s?\s*:/gi, '$1')
    .replace(/[^.!?\n]*(?<=\S)\?/g, '')
    .replace(/\(\s*[A-J]\s+(?:is|was|would|has|had|looks|seems)\b[^()]*\)/g, '')
    .replace(/\b(?:than|over)\s+[([]?[A-J](?![A-Za-z])[)\]]?/g, '')
    .replace(/(?<=(?<![A-Za-z])[A-J])(?:[.;]|,?\s+(?:and\s+)?then)\s+(?=[A-J](?![A-Za-z]))/g, ' and ')
    .replace(/(?<=(?<![A-Za-z])[A-J])\s*(?:->|=>|→|\bto\b|\bthrough\b)\s*(?=[A-J](?![A-Za-z]))/g, ' and ')
    .replace(/\*\*|["$]/g, '')
    .replace(/^\s*(?:while|whereas|although|though|since|because|as)\b[^,]*,\s*/i, '')
    .replace(REASON, '')
    .replace(/(?<=(?<![A-Za-z])[A-J][)\]]?)\s*\/\s*(?=[([]?[A-J](?![A-Za-z]))/g, ' or ')
    .replace(/\b(all|any\w*|every\w*|none) but\b/gi, '$1 except')
    .replace(/(?<=(?<![A-Za-z])[A-J][)\]]?),\s*(?=(?:or |and )?[([]?[A-J](?![A-Za-z]))/g, ' and ')
    .split(CLAUSE)
    .reverse();
  for (const clause of clauses) {
    if (TAKES_BACK.test(clause)) return [];
    if (/^\s*or\b/i.test(clause) && lettersInClause(clause).length > 0) return [];
    const letters = DENIED.test(clause) ? [] : lettersInClause(clause);
    if (letters.length > 0) return letters;
  }
  return [];
}

function lettersInClause(clause: string): string[] {
  const found = [...clause.matchAll(LETTER)].filter(({ 0: all, 1: letter, index }) => {
    const after = clause.slice(index + all.length);
    if (LABELLED.test(clause.slice(0, index))) return false;
    if (all.length > 1 || !'AI'.includes(letter)) return true;
    return !/^\s+[\p{L}\d]/u.test(after) || /^\s+(?:is|was|or|and|seems|fits|matches)\b/.test(after);
  });
  return [...new Set(found.map(([, letter]) => letter))];
}

/** Letter of the one line that starts with a label and no other like it: `B. blue` above a reason. */
export function letterOfLabelledLine(text: string): string | undefined {
  const labels = [...text.matchAll(/^[\s*_#>-]{0,6}\(?([A-J])(?:(?:\)|\.|:)(?:\s|\*|(?=[^\sA-Za-z]))|[)*_.]*$)/gm)];
  return labels.length === 1 ? labels[0][1] : undefined;
}
