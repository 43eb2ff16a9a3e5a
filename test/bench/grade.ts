/**
 * The grader beside Math-Verify (PyPI) on the same answers in one run: throughput on one core, and where they agree.
 *
 *     python3 -m venv /tmp/math-verify && /tmp/math-verify/bin/pip install math-verify==0.9.0
 *     node test/bench/grade.ts --python /tmp/math-verify/bin/python [--cases golden.jsonl] [--limit 400]
 *
 * Cases are lines of `{id, gold, answer, options?, family?, verdict?}`; where a verdict is known, both are held to it.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../../src/package-root.ts';
import { gradeAnswer } from '../../src/rewards/index.ts';

interface BenchCase {
  id: string;
  gold: string;
  answer: string;
  options?: string[];
  family?: string;
  verdict?: string;
}

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    cases: { type: 'string', default: join(packageRoot, 'test/fixtures/grading/golden.jsonl') },
    limit: { type: 'string', default: '400' },
  },
});
const cases = sample(readCases(values.cases), Number(values.limit));

const ours = gradeOurs();
const theirs = gradeMathVerify();
console.log(`${cases.length} answers on one core`);
console.log(`metis-rise   ${rate(ours.seconds)}`);
console.log(`Math-Verify  ${rate(theirs.seconds)}`);
console.log(`ratio        ${(theirs.seconds / ours.seconds).toFixed(0)}x\n`);
printAgreement();
if (cases.some(({ verdict }) => verdict !== undefined)) printFamilies();

function readCases(file: string): BenchCase[] {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** At most so many, evenly spread. */
function sample(all: BenchCase[], limit: number): BenchCase[] {
  const count = Math.min(limit, all.length);
  return Array.from({ length: count }, (_, index) => all[Math.floor((index * all.length) / count)]);
}

function rate(seconds: number): string {
  const perSecond = Math.round(cases.length / seconds).toLocaleString('en');
  return `${perSecond} answers per CPU second (${((seconds * 1e6) / cases.length).toFixed(0)} us each)`;
}

/** CPU seconds of one pass, the mean of enough passes to time; one pass before warms the compiler. */
function gradeOurs(): { verdicts: string[]; seconds: number } {
  const pass = () =>
    cases.map(({ gold, options, answer }) => gradeAnswer({ groundTruth: gold, options }, answer).verdict);
  const verdicts = pass();
  const started = process.cpuUsage();
  let passes = 0;
  for (const end = performance.now() + 2000; performance.now() < end; passes += 1) pass();
  const { user, system } = process.cpuUsage(started);
  return { verdicts, seconds: (user + system) / 1e6 / passes };
}

/** Math-Verify knows no options: a letter as the gold stays one. */
function gradeMathVerify(): { isCorrect: boolean[]; seconds: number } {
  const input = cases.map(({ id, gold, answer }) => `${JSON.stringify({ id, gold, answer })}\n`).join('');
  const script = join(packageRoot, 'scripts/grading/math_verify_verdicts.py');
  const { status, stdout, stderr } = spawnSync(values.python, [script], {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`${values.python} ${script} failed; install math-verify there\n${stderr}`);
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  return { isCorrect: lines.slice(0, -1).map(({ isCorrect }) => isCorrect), seconds: lines.at(-1).seconds };
}

function printAgreement(): void {
  const count = (verdict: string, isCorrect: boolean) =>
    cases.filter((_, index) => ours.verdicts[index] === verdict && theirs.isCorrect[index] === isCorrect).length;
  console.log(`${'metis-rise'.padEnd(12)}${'Math-Verify: correct'.padStart(22)}${'not'.padStart(8)}`);
  for (const verdict of ['correct', 'incorrect', 'undecided']) {
    console.log(
      `${verdict.padEnd(12)}${String(count(verdict, true)).padStart(22)}${String(count(verdict, false)).padStart(8)}`,
    );
  }
}

/** How many verdicts of each family are right: undecided counts as not correct for both. */
function printFamilies(): void {
  const groups = Map.groupBy(cases.keys(), (index) => cases[index].family ?? 'all');
  console.log(
    `\n${'family'.padEnd(22)}${'cases'.padStart(6)}${'metis-rise'.padStart(12)}${'Math-Verify'.padStart(13)}`,
  );
  for (const [family, indices] of [...groups, ['all', [...cases.keys()]] as const]) {
    const isRight = (index: number, isCorrect: boolean) => isCorrect === (cases[index].verdict === 'correct');
    const own = indices.filter((index) => isRight(index, ours.verdicts[index] === 'correct')).length;
    const other = indices.filter((index) => isRight(index, theirs.isCorrect[index])).length;
    console.log(
      `${family.padEnd(22)}${String(indices.length).padStart(6)}${String(own).padStart(12)}${String(other).padStart(13)}`,
    );
  }
}
