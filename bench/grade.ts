/**
 * The grader beside Math-Verify (PyPI) on the same answers in one run: throughput on one core, and where they agree.
 *
 *     npm run bench -- grade [--responses R.jsonl --prompts P.jsonl] [--limit 800]
 *
 * Grades the golden cases and, where they are at hand, the MATH-Vision responses. Math-Verify knows no options: a letter
 * as the gold stays one.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../src/base/package-root.ts';
import { gradeAnswer } from '../src/rewards/index.ts';
import { findPythonWith } from '../test/support/python-environment.ts';
import { type BenchCase, printCases } from './support/report.ts';

interface Question {
  id: string;
  gold: string;
  answer: string;
  options?: string[];
  family?: string;
  /** Where it is known. */
  verdict?: string;
}

interface Graded<Verdict> {
  verdicts: Verdict[];
  /** CPU time of one pass. */
  seconds: number;
}

const mathVision = join(packageRoot, '../shared/data/mathvision');
const { values } = parseArgs({
  options: {
    prompts: { type: 'string', default: join(mathVision, 'testmini.jsonl') },
    responses: { type: 'string', default: join(mathVision, 'responses/testmini.responses.jsonl') },
    limit: { type: 'string', default: '800' },
  },
});
const environment = findPythonWith('math-verify[antlr4_13_2]==0.9.0');
if ('missing' in environment) throw new Error(environment.missing);
const { python } = environment;

const golden: Question[] = readLines(join(packageRoot, 'test/fixtures/grading/golden.jsonl'));
const sets = new Map([['golden cases', golden]]);
if (existsSync(values.responses)) sets.set('MATH-Vision responses', readResponses());
printCases(
  'grade',
  [...sets].map(([name, questions]) => compare(name, sample(questions, Number(values.limit)))),
);

function readLines(file: string) {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function readResponses(): Question[] {
  const prompts = new Map(readLines(values.prompts).map((prompt) => [prompt.id, prompt]));
  return readLines(values.responses).map(({ promptId, response }, index) => {
    const { answer, options } = prompts.get(promptId.slice(promptId.indexOf('-') + 1));
    return { id: `${index}`, gold: answer, options, answer: response };
  });
}

/** At most so many, evenly spread. */
function sample<T>(all: T[], limit: number): T[] {
  const count = Math.min(limit, all.length);
  return Array.from({ length: count }, (_, index) => all[Math.floor((index * all.length) / count)]);
}

function compare(name: string, questions: Question[]): BenchCase {
  const ours = gradeOurs(questions);
  const theirs = gradeMathVerify(questions);
  console.log(`\n${questions.length} ${name}`);
  printAgreement(ours.verdicts, theirs.verdicts);
  if (questions[0].verdict !== undefined) printFamilies(questions, ours.verdicts, theirs.verdicts);
  const rate = ({ seconds }: { seconds: number }) => Math.round(questions.length / seconds);
  const ratio = theirs.seconds / ours.seconds;
  return { model: name, ratio, ours: rate(ours), theirs: rate(theirs), unit: 'answers per CPU second' };
}

/** The mean of enough passes to time; one pass before warms the compiler. */
function gradeOurs(questions: Question[]): Graded<string> {
  const pass = () =>
    questions.map(({ gold, options, answer }) => gradeAnswer({ groundTruth: gold, options }, answer).verdict);
  const verdicts = pass();
  const started = process.cpuUsage();
  let passes = 0;
  for (const end = performance.now() + 2000; performance.now() < end; passes += 1) pass();
  const { user, system } = process.cpuUsage(started);
  return { verdicts, seconds: (user + system) / 1e6 / passes };
}

function gradeMathVerify(questions: Question[]): Graded<boolean> {
  const input = questions.map(({ id, gold, answer }) => `${JSON.stringify({ id, gold, answer })}\n`).join('');
  const script = join(packageRoot, 'scripts/grading/math_verify_verdicts.py');
  const { status, stdout, stderr } = spawnSync(python, [script], { input, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`${script} failed\n${stderr}`);
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  return { verdicts: lines.slice(0, -1).map(({ isCorrect }) => isCorrect), seconds: lines.at(-1).seconds };
}

function printAgreement(ours: string[], theirs: boolean[]): void {
  const count = (verdict: string, isCorrect: boolean) =>
    ours.filter((own, index) => own === verdict && theirs[index] === isCorrect).length;
  console.log(`${'metis-rise'.padEnd(12)}${'Math-Verify: correct'.padStart(22)}${'not'.padStart(8)}`);
  for (const verdict of ['correct', 'incorrect', 'undecided']) {
    const cells = [String(count(verdict, true)).padStart(22), String(count(verdict, false)).padStart(8)];
    console.log(verdict.padEnd(12) + cells.join(''));
  }
}

/** How many verdicts of each family are right: undecided counts as not correct for both. */
function printFamilies(questions: Question[], ours: string[], theirs: boolean[]): void {
  const row = (cells: unknown[]) =>
    `${String(cells[0]).padEnd(22)}${cells
      .slice(1)
      .map((cell) => String(cell).padStart(13))
      .join('')}`;
  console.log(`\n${row(['family', 'cases', 'metis-rise', 'Math-Verify'])}`);
  const isRight = (index: number, isCorrect: boolean) => isCorrect === (questions[index].verdict === 'correct');
  const groups = Map.groupBy(questions.keys(), (index) => questions[index].family ?? 'all');
  for (const [family, indices] of [...groups, ['all', [...questions.keys()]] as const]) {
    const own = indices.filter((index) => isRight(index, ours[index] === 'correct')).length;
    const other = indices.filter((index) => isRight(index, theirs[index])).length;
    console.log(row([family, indices.length, own, other]));
  }
}
