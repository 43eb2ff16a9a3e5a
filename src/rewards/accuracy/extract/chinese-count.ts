import { comparativeBehind } from '../comparative.ts';

const COUNT =
  /([零〇一二两三四五六七八九十百千]+)\s?(?=[个個只隻条條件人张張本支枝根元块塊岁歲天年次种種辆輛名位头頭匹棵朵片杯瓶盒箱家间間层層页頁道题題颗顆粒双雙对對架艘座台把面幅群组組])/g;
/** Denied, in doubt, a bound, an ordinal, a difference or a share. */
const OTHERWISE = /[不没沒非无無第超约約几幾多少或倍折]|可能|也许|大概|至少|至多|最|以[上下内外]|分之|[?？]/;

/** The one thing that a Chinese sentence counts in words, `图中有七只猫`; `七八只` is a guess. */
export function onlyChineseCount(sentence: string): string | undefined {
  if (/\d/.test(sentence) || OTHERWISE.test(sentence)) return undefined;
  const found = [...sentence.matchAll(COUNT)];
  if (found.length !== 1 || /[一二两三四五六七八九]{2}/.test(found[0][1])) return undefined;
  const [all, words] = found[0];
  return words + (comparativeBehind('', sentence.slice(found[0].index + all.length)) ?? '');
}
