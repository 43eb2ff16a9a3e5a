import { meanOf } from '../../base/statistics/bootstrap.ts';
import { DIMENSIONS, type Inquiry, type InquiryStage } from '../../schema/inquiry.ts';
import type { Examination, GradedPrompt, Grading, ShareTable } from '../benchmark.ts';
import { inquiryOf } from './inquiry-of.ts';

/** A problem with the verdicts on one answer to it, and on one to each of its inquiries. */
interface Pass {
  /** Undefined where the data has inquiries alone. */
  isRight?: boolean;
  passed: ReadonlyMap<number, boolean>;
  /** By dimension whose inquiry cannot be solved: whether the problem's own answer was given. */
  memorised: ReadonlyMap<number, boolean>;
}

/** A problem's passes: the first answer to each of its prompts, the second, and so on. */
interface Assessed {
  problem: string;
  passes: Pass[];
}

/** Of a problem, a share of what it has; undefined where it has nothing of that. */
type ShareOf = (passes: readonly Pass[]) => number | undefined;

const STAGES: readonly InquiryStage[] = ['comprehension', 'solving', 'summarisation'];
const NAMED = DIMENSIONS.map(({ dimension, name, stage }) => ({ dimension, stage, row: `${dimension} ${name}` }));

/**
 * CogMath's tables, each share a mean over problems:
 *
 * - mastery: all inquiries of the dimensions that the data has pass (problems that lack one are left out); the share of inquiries
 *   that pass; overestimation, the problem's own answer right minus mastered;
 * - pass rate by dimension, and by stage as the mean over its dimensions;
 * - relative pass rates, `|pass_i and pass| / |pass|`: of the problems whose own answer is right;
 * - the problem's own answer given where it cannot be solved, which shows memorisation.
 */
export function tabulateMastery(graded: readonly GradedPrompt[], gradeAnswer: Examination['grade']): ShareTable[] {
  const assessed = gatherProblems(graded, gradeAnswer);
  const asked = DIMENSIONS.filter(({ dimension }) => assessed.some(({ passes }) => passes[0].passed.has(dimension)));
  const rowsOf = (rows: readonly (readonly [string, ShareOf])[]) =>
    Object.fromEntries(
      rows.map(([row, shareOf]) => [row, sharesOf(assessed, shareOf)] as const).filter(([, shares]) => shares.size > 0),
    );
  const relative =
    (shareOf: ShareOf): ShareOf =>
    (passes) => {
      return shareOf(passes.filter(({ isRight }) => isRight));
    };
  const isWhole = ({ passed }: Pass) => asked.every(({ dimension }) => passed.has(dimension));
  const masters = ({ passed }: Pass) => [...passed.values()].every(Boolean);
  const dimensions = NAMED.map(({ dimension, row }) => [row, ofEach(({ passed }) => passed.get(dimension))] as const);
  const stages = STAGES.map((stage) => [stage, ofEach((pass) => passRate(pass, stage))] as const);
  const tables = [
    {
      name: 'mastery',
      isCompared: true,
      rows: rowsOf([
        [`mastery (all ${asked.length} pass)`, ofEach((pass) => (isWhole(pass) ? masters(pass) : undefined))],
        ['inquiries passed', ofEach((pass) => passRate(pass))],
        [
          'overestimation',
          ofEach((pass) => {
            return isWhole(pass) && pass.isRight !== undefined
              ? Number(pass.isRight) - Number(masters(pass))
              : undefined;
          }),
        ],
      ]),
    },
    { name: 'pass rate by dimension', rows: rowsOf(dimensions) },
    { name: 'relative pass rate by dimension', rows: rowsOf(dimensions.map(([row, of]) => [row, relative(of)])) },
    { name: 'pass rate by stage', rows: rowsOf(stages) },
    { name: 'relative pass rate by stage', rows: rowsOf(stages.map(([row, of]) => [row, relative(of)])) },
    {
      name: "problem's own answer given where it cannot be solved",
      rows: rowsOf(
        NAMED.map(({ dimension, row }) => [row, ofEach(({ memorised }) => memorised.get(dimension))] as const),
      ),
    },
  ];
  return tables.filter(({ rows }) => Object.keys(rows).length > 0);
}

const ofEach =
  (read: (pass: Pass) => number | boolean | undefined): ShareOf =>
  (passes) => {
    const values = passes.map(read).filter((value) => value !== undefined);
    return values.length === 0 ? undefined : meanOf(values.map(Number));
  };

/** Share of a problem's inquiries that pass, of one stage or of all. */
function passRate({ passed }: Pass, stage?: InquiryStage): number | undefined {
  const own = NAMED.filter((each) => stage === undefined || each.stage === stage);
  const verdicts = own.map(({ dimension }) => passed.get(dimension)).filter((verdict) => verdict !== undefined);
  return verdicts.length === 0 ? undefined : meanOf(verdicts.map(Number));
}

function sharesOf(assessed: readonly Assessed[], shareOf: ShareOf): ReadonlyMap<string, number> {
  const shares = assessed.map(({ problem, passes }) => [problem, shareOf(passes)] as const);
  return new Map(shares.filter((share): share is readonly [string, number] => share[1] !== undefined));
}

/** Problems of which an inquiry was answered, with as many passes as each of their prompts has verdicts. */
function gatherProblems(graded: readonly GradedPrompt[], gradeAnswer: Examination['grade']): Assessed[] {
  const inquired = graded
    .map((each) => ({ ...each, inquiry: inquiryOf(each.prompt) }))
    .filter(({ inquiry, gradings }) => inquiry.expects !== 'explanation' || gradings.every(isJudged));
  const problems = Map.groupBy(inquired, ({ inquiry }) => inquiry.problem);
  const assessed = [...problems].map(([problem, prompts]): Assessed => {
    const count = Math.min(...prompts.map(({ gradings }) => gradings.length));
    return { problem, passes: Array.from({ length: count }, (_, index) => readPass(prompts, index, gradeAnswer)) };
  });
  return assessed.filter(({ passes }) => passes[0].passed.size > 0);
}

const isJudged = ({ answer }: Grading) => answer !== undefined;

function readPass(
  prompts: readonly (GradedPrompt & { inquiry: Inquiry })[],
  index: number,
  gradeAnswer: Examination['grade'],
): Pass {
  const own = prompts.find(({ inquiry }) => inquiry.dimension === 0);
  const inquiries = prompts.filter(({ inquiry }) => inquiry.dimension > 0);
  const memorised = inquiries.flatMap(({ prompt, inquiry, gradings }): [number, boolean][] => {
    const { expects, dimension, originalAnswer } = inquiry;
    if (expects !== 'refusal' || originalAnswer === undefined) return [];
    const { isCorrect, answer = '' } = gradings[index];
    const isOriginal = () => gradeAnswer({ ...prompt, groundTruth: originalAnswer }, answer).isCorrect;
    return [[dimension, !isCorrect && isOriginal()]];
  });
  return {
    ...(own && { isRight: own.gradings[index].isCorrect }),
    passed: new Map(inquiries.map(({ inquiry, gradings }) => [inquiry.dimension, gradings[index].isCorrect])),
    memorised: new Map(memorised),
  };
}
