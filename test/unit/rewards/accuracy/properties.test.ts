import fc from 'fast-check';
import { gradeAnswer } from '../../../../src/rewards/index.ts';

const verdictOf = (gold: string, answer: string) =>
  gradeAnswer({ groundTruth: gold }, `So \\boxed{${answer}}.`).verdict;
const runs = { numRuns: 300, seed: 4 };

/** A formula and its exact value, computed beside it; values stay small. */
interface Valued {
  latex: string;
  numerator: bigint;
  denominator: bigint;
}

const aNumber = fc.integer({ min: -30, max: 30 }).map((n): Valued => {
  return { latex: n < 0 ? `(${n})` : String(n), numerator: BigInt(n), denominator: 1n };
});
const sum = (a: Valued, b: Valued): Valued => ({
  latex: `(${a.latex}+${b.latex})`,
  numerator: a.numerator * b.denominator + b.numerator * a.denominator,
  denominator: a.denominator * b.denominator,
});
const product = (a: Valued, b: Valued): Valued => ({
  latex: `${a.latex} \\cdot ${b.latex}`,
  numerator: a.numerator * b.numerator,
  denominator: a.denominator * b.denominator,
});
const quotient = (a: Valued, b: Valued): Valued =>
  b.numerator === 0n
    ? sum(a, b)
    : {
        latex: `\\frac{${a.latex}}{${b.latex}}`,
        numerator: a.numerator * b.denominator,
        denominator: a.denominator * b.numerator,
      };
const square = (a: Valued): Valued => ({
  latex: `\\left(${a.latex}\\right)^{2}`,
  numerator: a.numerator ** 2n,
  denominator: a.denominator ** 2n,
});
const { valued } = fc.letrec<{ valued: Valued }>((tie) => ({
  valued: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    aNumber,
    fc.tuple(tie('valued'), tie('valued')).map(([a, b]) => sum(a, b)),
    fc.tuple(tie('valued'), tie('valued')).map(([a, b]) => product(a, b)),
    fc.tuple(tie('valued'), tie('valued')).map(([a, b]) => quotient(a, b)),
    tie('valued').map(square),
  ),
}));

/** A term as a coefficient and the exponents of x and y. */
const aPolynomial = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 })), {
    minLength: 2,
    maxLength: 6,
    selector: String,
  })
  .chain((exponents) =>
    fc.tuple(fc.constant(exponents), fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 6, maxLength: 6 })),
  )
  .map(([exponents, factors]) => exponents.map(([i, j], index) => `${factors[index]}x^{${i}}y^{${j}}`));

const anAnswer = fc.oneof(
  valued.map(({ latex }) => latex),
  aPolynomial.map((terms) => terms.join('+')),
  fc.constantFrom(
    '2\\sqrt{3}',
    '\\sin x',
    '\\pm 2',
    '[0,1)',
    'x<3',
    '60^\\circ',
    '3 cm',
    '12\\%',
    'y=2x',
    'circle',
    '2:3',
  ),
  fc.array(fc.integer(), { minLength: 2, maxLength: 5 }).map((items) => `\\{${items.join(', ')}\\}`),
);

describe('the grader', () => {
  it('accepts the exact value of any formula of whole numbers, and no other', () => {
    fc.assert(
      fc.property(valued, fc.integer({ min: 1, max: 9 }), ({ latex, numerator, denominator }, offset) => {
        expect(verdictOf(latex, `\\frac{${numerator}}{${denominator}}`)).toBe('correct');
        const other = numerator + BigInt(offset) * denominator;
        expect(verdictOf(`\\frac{${other}}{${denominator}}`, latex)).toBe('incorrect');
      }),
      runs,
    );
  });

  it('does not mind the order of terms, and minds their coefficients', () => {
    fc.assert(
      fc.property(aPolynomial, (terms) => {
        expect(verdictOf(terms.join('+'), [...terms].reverse().join(' + '))).toBe('correct');
        expect(verdictOf(terms.join('+'), terms.slice(1).join('+'))).toBe('incorrect');
      }),
      runs,
    );
  });

  it('takes an answer for itself, whatever its spacing and delimiters', () => {
    const dresses = ['$A$', '\\( A \\)', '\\displaystyle A', ' A\\;', '{A}', '\\left. A \\right.', '**A**'];
    fc.assert(
      fc.property(anAnswer, fc.constantFrom(...dresses), (answer, dress) => {
        expect(
          verdictOf(
            answer,
            dress.replace('A', () => answer),
          ),
        ).toBe('correct');
      }),
      runs,
    );
  });

  it('gives the same verdict with gold and answer exchanged', () => {
    fc.assert(
      fc.property(anAnswer, anAnswer, (a, b) => {
        expect(verdictOf(a, b)).toBe(verdictOf(b, a));
      }),
      runs,
    );
  });

  it('takes sets in any order and tuples in theirs', () => {
    const distinct = fc.uniqueArray(fc.integer({ min: -99, max: 99 }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(distinct, (items) => {
        const turned = [...items.slice(1), items[0]];
        expect(verdictOf(`\\{${items}\\}`, `\\{${turned}\\}`)).toBe('correct');
        expect(verdictOf(`(${items})`, `(${turned})`)).toBe('incorrect');
      }),
      runs,
    );
  });

  it('never throws, and pays for no noise', () => {
    const pieces =
      '\\frac \\sqrt \\boxed { } ( ) [ ] ^ _ + - * / , ; : = < > \\le | ! % ° \\pm \\cup \\{ \\} \\begin{pmatrix} \\end{pmatrix} & \\\\ \\text{ x y pi 1 2 0.5 9 \\sin \\log_ \\infty and or am cm <answer> $ \n answer is';
    const noise = fc.array(fc.constantFrom(...pieces.split(/ /), ' '), { maxLength: 30 });
    fc.assert(
      fc.property(noise, noise, (response, gold) => {
        const text = response.join('');
        expect(gradeAnswer({ groundTruth: '271828/31415' }, text).verdict).not.toBe('correct');
        gradeAnswer({ groundTruth: gold.join('') || '1' }, `\\boxed{${text}}`);
        gradeAnswer({ groundTruth: 'B', options: ['1', gold.join('')] }, text);
      }),
      { ...runs, numRuns: 2000 },
    );
  });
});
