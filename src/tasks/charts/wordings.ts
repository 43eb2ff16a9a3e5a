import type { ShapeKind } from './shape-grid.ts';
import type { Asked } from './tier.ts';

/** The questions that ask for this, as every split words them. */
export function wordings(asked: Asked): readonly [string, string] {
  switch (asked.kind) {
    case 'read':
      return [`What is the value of the ${asked.bar.colour} bar?`, `How tall is the ${asked.bar.colour} bar?`];
    case 'count':
      return [`How many ${nounOf(asked.wanted)}s are there?`, `Count the ${nounOf(asked.wanted)}s.`];
    case 'arithmetic':
      return wordArithmetic(asked);
  }
}

export const nounOf = ({ colour, shape }: ShapeKind) => `${colour} ${shape}`;

function wordArithmetic({ operator, first, second }: Asked & { kind: 'arithmetic' }): readonly [string, string] {
  const [one, other] = [`the ${first.colour} bar`, `the ${second.colour} bar`];
  switch (operator) {
    case '+':
      return [`What is the sum of ${one} and ${other}?`, `Add ${one} and ${other}.`];
    case '-':
      return [`How much taller is ${one} than ${other}?`, `What is ${one} minus ${other}?`];
    case '*':
      return [`What is the product of ${one} and ${other}?`, `Multiply ${one} and ${other}.`];
  }
}
