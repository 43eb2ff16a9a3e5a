import { gradeAnswer } from '../../../../src/rewards/index.ts';

const MEBIBYTES_10 = 10 * 2 ** 20;
const fill = (piece: string, length: number) => piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
const boxed = (answer: string) => `\\boxed{${answer}}`;

const longResponses: [string, string][] = [
  ['digits', fill('9', MEBIBYTES_10)],
  ['boxes that never close', fill('\\boxed{', MEBIBYTES_10)],
  ['boxes', fill('\\boxed{1}, ', MEBIBYTES_10)],
  ['braces', fill('{', MEBIBYTES_10)],
  ['stated answers', fill('answer is ', MEBIBYTES_10)],
  ['answer tags', fill('<answer>', MEBIBYTES_10)],
  ['line ends', fill('\n', MEBIBYTES_10)],
  ['sentences', fill('. A', MEBIBYTES_10)],
  ['choices', fill('(A)', MEBIBYTES_10)],
  ['backslashes', fill('\\', MEBIBYTES_10)],
];
const sets = Array.from({ length: 30 }, (_, i) => `\\{${Array.from({ length: 12 }, (_, j) => i * j + 1)}\\}`);
const hostileAnswers: [string, string][] = [
  ['a tower of powers', '9^{9^{9^{9}}}'],
  ['a tower in plain text', '9^9^9^9'],
  ['deep brackets', `${'('.repeat(900)}5${')'.repeat(900)}`],
  ['deep braces', '{'.repeat(900) + '}'.repeat(900)],
  ['deep sets', '\\{'.repeat(450) + '\\}'.repeat(450)],
  ['deep font commands', `${'\\text{'.repeat(280)}5${'}'.repeat(280)}`],
  ['nested squares', `${'('.repeat(50)}x+1${')^2'.repeat(50)}`],
  ['nested fractions', `${'\\frac{1}{'.repeat(180)}2${'}'.repeat(180)}`],
  ['roots of roots', `${'\\sqrt'.repeat(350)}2`],
  ['a huge quotient', `${'9'.repeat(900)}/${'7'.repeat(900)}`],
  ['products of huge quotients', Array(60).fill('(9^{500}/7^{300})^{3}').join('*')],
  ['a large factorial', '100000!'],
  ['factorials of factorials', `5${'!'.repeat(300)}`],
  ['a large binomial coefficient', '\\binom{99999}{50000}'],
  ['sets of sets', `\\{${sets}\\}`],
  ['many items', fill('1,', 1990)],
  ['many signs', fill('1\\pm ', 1990)],
  ['many relations', fill('x<', 1990)],
  ['a wide matrix', `\\begin{pmatrix}${fill('1&', 1800)}\\end{pmatrix}`],
  ['matrices that never end', fill('\\begin{pmatrix}', 1990)],
  ['bars', fill('|', 1990)],
  ['words', fill('a ', 1990)],
  ['choices', fill('(A', 1990)],
  ['lone surrogates', '\uD800\uDFFF\uFFFF\u0000'],
];
const golds = ['5', 'x+1', '\\{1,2\\}', '[0,1)', '\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}', 'x<3'];

/** The least of three CPU times in milliseconds: what else the machine does hardly counts. */
function quickest(grade: () => void): number {
  const times = [1, 2, 3].map(() => {
    const started = process.cpuUsage();
    grade();
    const { user, system } = process.cpuUsage(started);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}

describe('a hostile response', () => {
  it.each(longResponses)('of 10 MiB of %s has its verdict within 50 ms', (_, response) => {
    expect(quickest(() => gradeAnswer({ groundTruth: '5' }, response))).toBeLessThan(50);
    expect(gradeAnswer({ groundTruth: '5' }, response).verdict).not.toBe('correct');
  });

  it.each(hostileAnswers)('with %s has its verdict within 50 ms, against any gold', (_, answer) => {
    for (const groundTruth of golds) {
      const grade = () => gradeAnswer({ groundTruth }, boxed(answer));
      expect(quickest(grade)).toBeLessThan(50);
      expect(grade().verdict === 'correct' && answer !== hostileAnswers[2][1]).toBe(false);
    }
    expect(quickest(() => gradeAnswer({ groundTruth: 'B', options: golds }, boxed(answer)))).toBeLessThan(50);
  });

  it.each(['9^{9^{9^{9}}}', `${'('.repeat(300)}5${')'.repeat(300)}`, '\\sin(10^{30})', '9'.repeat(3000)])(
    '%s against 5 is explicitly undecided',
    (answer) => expect(gradeAnswer({ groundTruth: '5' }, boxed(answer)).verdict).toBe('undecided'),
  );

  it('cannot reach a gold by rounding, overflow or a prime modulus', () => {
    const attacks: [string, string][] = [
      ['x', `x+${2n ** 61n - 1n}`],
      ['x', `x^{${2n ** 61n - 1n}}`],
      ['0', '10^{-400}'],
      ['\\infty', '10^{400}'],
      ['0.3', '\\sin(10^{30})'],
      ['5', '5+\\sin(10^{30})'],
      ['1', '1+10^{-12}'],
      ['5', '\\frac{5}{0}'],
      ['5', 'x'],
    ];
    for (const [gold, answer] of attacks) {
      expect([gold, answer, gradeAnswer({ groundTruth: gold }, boxed(answer)).verdict]).not.toContain('correct');
    }
  });
});
