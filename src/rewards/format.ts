export const FORMAT_VERSION = '1';

const TAGS = ['<think>', '</think>', '<answer>', '</answer>'];
const LAYOUT = /^<think>([\s\S]*)<\/think>\s*<answer>([\s\S]*)<\/answer>$/;

/**
 * True for `<think> ... </think> <answer> ... </answer>` and nothing around it: each tag exactly once, neither part blank
 * (Metis-RISE, arXiv 2506.13056: the response starts with `<think>` and ends with `</answer>`).
 */
export function isFormatted(response: string): boolean {
  const text = response.trim();
  const parts = LAYOUT.exec(text);
  if (!parts || parts[1].trim() === '' || parts[2].trim() === '') return false;
  return TAGS.every((tag) => text.split(tag).length === 2);
}
