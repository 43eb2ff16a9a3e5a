import { readConclusion } from '../../rewards/accuracy/extract/conclusion.ts';
import { extractAnswer } from '../../rewards/accuracy/extract/extract.ts';

const TO_SOLVE =
  '(?:solve|determine|answer|calculate|compute|find|tell|say|know|read|decide|conclude|deduce|infer|count|work out|give|figure)';

/** That something is not to be done: `cannot be determined`, `impossible to tell`, `no way to know`. */
const INABILITY = [
  `(?:can ?not|can't|could ?n[o']t|couldn't|unable to|not possible to|\\w+n't possible to|impossible to|no way to|not able to) (?:\\w+ ){0,2}?(?:be )?(?:\\w+ )?${TO_SOLVE}`,
  `(?:can ?not|can't|could not|couldn't) be (?:\\w+ )?(?:solved|determined|answered|calculated|computed|found|told|said|known|read|decided|deduced|inferred|counted|worked out|given|figured out)`,
];

/** That something is lacking, or open. */
const LACK = [
  "(?:not|\\w+n't|no|without) (?:enough|sufficient)",
  'insufficient',
  '(?:lacks?|lacking|missing) (?:the |a |some |any |necessary |needed |essential )*(?:information|data|condition|value|detail|context)s?',
  '(?:information|data|condition|value|detail|part)s? (?:is|are) (?:missing|lacking|hidden|incomplete)',
  "(?:not|\\w+n't|never) (?:given|specified|shown|visible|provided|stated|determinable|known|clear|solvable|answerable|defined|mentioned)",
  'no (?:unique|definite|single|clear|meaningful|valid) (?:answer|solution|question)',
  '(?:has|have|is|there is|with) no (?:answer|solution)',
  '(?:depends|depending) on (?:which|what|the)',
];

/** What such a problem is called. */
const NAMES = [
  ...['unsolvable', 'insolvable', 'unanswerable', 'undetermined', 'indeterminate', 'undeterminable', 'indeterminable'],
  ...['underdetermined', 'ill[- ]posed', 'ambiguous', 'unclear', 'unknown', 'incomprehensible', 'meaningless'],
  ...['nonsens(?:e|ical)', 'garbled', 'scrambled', 'jumbled', 'unintelligible', 'hidden', 'impossible', 'incomplete'],
];

const NONSENSE = [
  "(?:not|\\w+n't) (?:make|form|constitute) (?:any |a |much )?(?:\\w+ )?(?:sense|question|sentence|problem)",
  "(?:not|\\w+n't) a (?:\\w+ )?(?:valid|meaningful|well[- ]formed|proper|coherent|complete|clear) (?:question|problem|sentence)",
];

const CHINESE = [
  '(?:无法|不能|没法)(?:被)?(?:确定|求解|回答|计算|判断|解答|得知|求出)',
  '(?:条件|信息|数据)(?:不足|缺失)',
  '无解',
];

const WORDS = [...INABILITY, ...LACK, ...NONSENSE, ...NAMES];
const REFUSAL = new RegExp(`\\b(?:${WORDS.join('|')})\\b|${CHINESE.join('|')}`, 'gi');

/** `not impossible`, `nothing is missing`: the opposite. */
const DENIED =
  /\b(?:not|isn't|aren't|wasn't|never|nothing is|nothing that is|no longer|hardly) (?:\w+ )?(?:impossible|unsolvable|unanswerable|ambiguous|unclear|unknown|missing|insufficient|hidden|undetermined|meaningless|incomplete)\b|\bno (?:information|data|condition)s? (?:is|are) (?:missing|lacking)\b/gi;

/** `so the answer is 12`, `= 12`; `would be 12` is none. */
const COMMITMENT =
  /(?:\b(?:so|therefore|thus|hence|answer|result|total|sum|difference|product|value|guess|estimate|say)\b[^.\n]{0,60}?(?:\bis\b|\bare\b|\bequals\b|[=:]|\btake\b|\bguess\b)|=|\\boxed\{)\s*(?:\w+ ){0,2}[$*(]*-?\d/i;

const SURE_PLACES = ['boxed', 'answer tags'];

/**
 * Whether a response says that its problem cannot be solved. What stands in a box or in answer tags decides, else the whole conclusion
 * behind the thoughts; whoever names an answer after all has not said so.
 */
export function saysUnsolvable(response: string): boolean {
  const conclusion = readConclusion(response);
  if (conclusion === undefined) return false;
  const found = extractAnswer(response, 'value');
  return refuses(found && SURE_PLACES.includes(found.place) ? found.answer : conclusion);
}

function refuses(given: string): boolean {
  const text = given
    .replace(/[’‘]/g, "'")
    .replace(/\\(?:text|mathrm|textbf)\s*/g, ' ')
    .replace(/[{}*_]/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(DENIED, ' ');
  const last = [...text.matchAll(REFUSAL)].at(-1);
  if (last === undefined || /^\W*-?\d+(?:\.\d+)?(?!\w)/.test(text.trim())) return false;
  return !COMMITMENT.test(text.slice(last.index));
}
