import { InvalidArgumentError } from 'commander';
import { numberOption } from '../../../../src/cli/options/number-option.ts';

describe('a number option', () => {
  it.each([
    ['0', 0],
    ['1', 1],
    ['0.25', 0.25],
    ['1e-3', 0.001],
  ])('reads %s', (text, value) => {
    expect(numberOption({ least: 0, most: 1 })(text)).toBe(value);
  });

  it.each(['-0.1', '1.5', 'warm', '', 'NaN', 'Infinity'])('refuses "%s" with the range', (text) => {
    expect(() => numberOption({ least: 0, most: 1 })(text)).toThrow(InvalidArgumentError);
    expect(() => numberOption({ least: 0, most: 1 })(text)).toThrow('from 0 to 1');
  });

  it('refuses fractions of whole numbers', () => {
    expect(() => numberOption({ least: 1, isWhole: true })('2.5')).toThrow('Give a whole number of at least 1.');
  });
});
