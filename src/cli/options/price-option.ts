import { InvalidArgumentError } from 'commander';
import { numberOption } from './number-option.ts';

/** US dollars. */
export interface Price {
  inputPerMillionTokens: number;
  outputPerMillionTokens: number;
}

/** A commander parser for the price of a language model: `0.8,4`. */
export function parsePrice(text: string): Price {
  const parse = numberOption({ least: 0 });
  const [input, output, ...rest] = text.split(',');
  if (output === undefined || rest.length > 0) throw new InvalidArgumentError('Give two numbers, e.g. 0.8,4.');
  return { inputPerMillionTokens: parse(input), outputPerMillionTokens: parse(output) };
}
