import { InvalidArgumentError } from 'commander';

interface NumberRange {
  least: number;
  most?: number;
  isWhole?: boolean;
}

/** A commander parser for a number within a range, both ends included. */
export function numberOption({ least, most, isWhole }: NumberRange): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    const fits = Number.isFinite(value) && value >= least && (most === undefined || value <= most);
    if (fits && (!isWhole || Number.isSafeInteger(value))) return value;
    const range = most === undefined ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new InvalidArgumentError(`Give a ${isWhole ? 'whole ' : ''}number ${range}.`);
  };
}
