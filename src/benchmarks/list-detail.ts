import { readList } from '../base/list-text.ts';
import type { Prompt } from '../schema/prompt.ts';

/** The values of a detail: several as a list, or as the text that Python makes of one; `none` where there is none. */
export function listDetail({ details }: Prompt, name: string): string[] {
  const value = details?.[name];
  if (Array.isArray(value)) return value.map(String);
  if (typeof value !== 'string') return [value === undefined ? 'none' : String(value)];
  return readList(value) ?? [value];
}
