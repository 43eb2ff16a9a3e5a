/**
 * Stored answers graded and added up by a benchmark's rules, beside VLMEvalKit's code (PyPI) on the same answers in one run.
 *
 *     npm run bench -- evaluate [--answers 10000] [--benchmark mathvista]
 *
 * Answers are those of test/fixtures/benchmarks, over and over, each to a prompt of its own; intervals are part of ours. A
 * language model that VLMEvalKit asks is a stand-in that answers at once. `as evaluate`: the way its `evaluate` goes, which writes
 * all results after each of them. MathVision's comparison starts a process for each answer.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { packageRoot } from '../src/base/package-root.ts';
import { scorePolicy } from '../src/benchmarks/score-policy.ts';
import { gradeAnswers } from '../src/evaluation/grade-answers.ts';
import type { StoredAnswer } from '../src/schema/stored-answer.ts';
import { openPublished } from '../test/support/published-benchmark.ts';
import { findPythonWith } from '../test/support/python-environment.ts';
import { type BenchCase, printCases } from './support/report.ts';

const NAMES = ['mathvista', 'mathverse', 'we-math', 'mathvision'];
const WARM_UP = 500;

const { values } = parseArgs({
  allowPositionals: true,
  options: { answers: { type: 'string', default: '10000' }, benchmark: { type: 'string' } },
});
const count = Number(values.answers);
const python = preparePython();
printCases('evaluate', NAMES.filter((name) => name === (values.benchmark ?? name)).flatMap(compare));

/** Without what ms-vlmeval asks for besides: torch and much more, none of which scoring needs. */
function preparePython(): string {
  const packages = ['pandas==3.1.1', 'latex2sympy2==1.9.1', 'timeout-decorator==0.5.0', 'tqdm==4.70.1'];
  const environment = findPythonWith(...packages);
  if ('missing' in environment) throw new Error(environment.missing);
  const { python } = environment;
  execFileSync(python, ['-m', 'pip', 'install', '-q', '--no-deps', 'ms-vlmeval==0.0.20'], { stdio: 'inherit' });
  return python;
}

function compare(name: string): BenchCase[] {
  const ours = gradeOurs(name);
  const script = join(packageRoot, 'bench/evaluate.py');
  const printed = execFileSync(python, [script, name, String(count)], { encoding: 'utf8', stdio: 'pipe' });
  const theirs = JSON.parse(printed);
  console.log(`${name}: ${count} answers, right by ours ${ours.right}, by theirs ${theirs.right}`);
  const asCase = (model: string, seconds: number): BenchCase => {
    const [own, other] = [count / ours.seconds, count / seconds];
    return { model, ratio: own / other, ours: own, theirs: other, unit: 'answers per CPU second' };
  };
  const whole = theirs.whole === undefined ? [] : [asCase(`${name}, as evaluate`, theirs.whole)];
  return [asCase(name, theirs.seconds), ...whole];
}

/** CPU time from stored answers to the score. */
function gradeOurs(name: string): { seconds: number; right: number } {
  const { examination, answers } = openPublished(name);
  const taken = Array.from({ length: count }, (_, at) => ({ ...answers[at % answers.length], promptId: `p${at}` }));
  const prompts = taken.map(({ prompt, promptId }) => ({ ...prompt, promptId }));
  const stored = taken.map(
    ({ promptId, response }): StoredAnswer => ({
      ...{ promptId, sampleIndex: 0, text: response },
      ...{ tokenCount: 0, finishReason: 'stop' },
    }),
  );
  gradeAnswers(examination, prompts, stored.slice(0, WARM_UP));
  const started = process.cpuUsage();
  const records = gradeAnswers(examination, prompts, stored);
  const { accuracy } = scorePolicy(examination, prompts, records);
  const { user, system } = process.cpuUsage(started);
  return { seconds: (user + system) / 1e6, right: Math.round(accuracy * count) };
}
