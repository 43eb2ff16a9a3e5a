import { z } from 'zod';

/** How answers are to be read. */
export const GradeOptions = z.strictObject({
  decimalComma: z
    .boolean()
    .default(false)
    .describe('`3,14` is 3.14 and `1.234` is 1234 in answers, golds and options; lists need a space or semicolon'),
});
export type GradeOptions = Partial<z.infer<typeof GradeOptions>>;

/** `3,14` as `3.14` and `1.234,5` as `1234.5`; `1,2,3` and `1, 2` stay lists. */
export function withDecimalPoint(text: string): string {
  return text
    .replace(/(?<![\d.,])\d{1,3}(?:\.\d{3})+(?!\.?\d)/g, (digits) => digits.replaceAll('.', ''))
    .replace(/\d+(?:(?:,|\{,\})\d+)+/g, (run) => (run.split(',').length === 2 ? run.replace(/\{,\}|,/, '.') : run));
}
