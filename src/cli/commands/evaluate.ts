import { type Command, Option } from 'commander';
import type { ActiveExamination } from '../../benchmarks/index.ts';
import type { Precision } from '../../engine/open-engine.ts';
import type { CountingAnswerJudge } from '../../evaluation/model-answer-judge.ts';
import type { Respondent } from '../../evaluation/respondent.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import type { PolicyScore } from '../../schema/evaluation.ts';
import type { ReportProgress } from '../../schema/progress.ts';
import type { Prompt } from '../../schema/prompt.ts';
import type { Store } from '../../store/store.ts';
import { numberOption } from '../options/number-option.ts';
import { type Price, parsePrice } from '../options/price-option.ts';
import { requireAdapter, requireModel } from '../options/require-folder.ts';
import { print } from '../print.ts';
import type { ItemProgress } from '../views/item-progress.ts';

interface EvaluateOptions {
  benchmark: string;
  data?: string;
  out: string;
  model?: string;
  adapter?: string;
  precision: Precision;
  sequences: number;
  answers?: string;
  endpoint?: string;
  endpointModel?: string;
  apiKeyEnv?: string;
  judge?: string;
  judgeModel?: string;
  judgeApiKeyEnv?: string;
  judgeRequestsPerMinute?: number;
  judgePrice?: Price;
  training?: string;
  limit?: number;
  samples: number;
  temperature: number;
  topP: number;
  topK: number;
  maxNewTokens: number;
  system?: string;
  seed: number;
  json?: boolean;
}

const whole = (least: number) => numberOption({ least, isWhole: true });

export function register(program: Command): void {
  program
    .command('evaluate')
    .description("measure a model by a benchmark's own rules; run again to go on where it stopped")
    .option('--benchmark <name>', 'whose rules grade (docs/evaluation.md)', 'held-out')
    .option(
      '--data <path>',
      'dataset (docs/data.md), or the file that the benchmark publishes (docs/evaluation.md); cogmath brings its own',
    )
    .requiredOption('--out <dir>', 'folder for prompts, images, answers, records and the result')
    .option('--model <dir>', 'checkpoint folder that answers')
    .option('--adapter <dir>', "LoRA adapter of that model, a folder in PEFT's format")
    .option('--answers <file>', 'or answers that were given elsewhere: JSONL of {promptId, response}')
    .option('--endpoint <url>', 'or a model behind an OpenAI-compatible endpoint: before /chat/completions')
    .option('--endpoint-model <name>', "that model's name there")
    .option('--api-key-env <name>', 'environment variable with the key of the endpoint; none is sent when absent')
    .option('--judge <where>', 'a language model reads answers where the original asks one: a URL as above, or bedrock')
    .option('--judge-model <name>', 'its name there')
    .option('--judge-api-key-env <name>', 'environment variable with the key of its endpoint; none is sent when absent')
    .option('--judge-requests-per-minute <n>', 'no limit when absent', whole(1))
    .option('--judge-price <input,output>', 'US dollars per million tokens, to tell the cost', parsePrice)
    .option('--training <path>', 'dataset that was trained on: prompts that stand in it too are refused')
    .addOption(new Option('--precision <p>', 'of the model').choices(['float32', 'bf16']).default('float32'))
    .option('--sequences <n>', 'answers decoded together', whole(1), 64)
    .option('--limit <n>', 'ask only the first prompts', whole(1))
    .option('--samples <n>', 'answers to each prompt: of several pass at k, majority and worst case too', whole(1), 1)
    .option('--temperature <t>', '0 takes the most likely token', numberOption({ least: 0 }), 0)
    .option('--top-p <p>', 'keep the fewest tokens of this total probability', numberOption({ least: 0, most: 1 }), 1)
    .option('--top-k <k>', 'keep the k most likely tokens; 0 keeps all', whole(0), 0)
    .option('--max-new-tokens <n>', 'longest answer in tokens', whole(1), 1024)
    .option('--system <text>', 'system message')
    .option('--seed <n>', 'for temperatures over 0', numberOption({ least: 0, most: 2 ** 32 - 1, isWhole: true }), 0)
    .option('--json', 'print the result as one line of JSON')
    .action(evaluateModel);
}

async function evaluateModel(options: EvaluateOptions): Promise<void> {
  const { benchmark: name, data, out, samples, limit, json } = options;
  const [{ evaluate }, { choosePrompts, openBenchmark }, { createLocalStore }] = await Promise.all([
    import('../../evaluation/evaluate.ts'),
    import('../../benchmarks/index.ts'),
    import('../../store/local-store.ts'),
  ]);
  const benchmark = openBenchmark('--benchmark', { name, options: {} }, { gradeOptions: {} });
  const respondent = await openRespondent(options);
  try {
    const store = createLocalStore(out);
    const judge = await openJudge(options, benchmark, store);
    const read = await readPrompts(options, benchmark, store);
    const prompts = choosePrompts(benchmark, read, data ?? name).slice(0, limit);
    const { temperature, topP, topK, maxNewTokens, system: systemPrompt, seed } = options;
    const sampling = { temperature, topP, topK, maxNewTokens };
    const plan = { completionsPerPrompt: samples, sampling, systemPrompt, seed };
    const progress = await followAnswers();
    const task = { store, benchmark, prompts, respondent, plan, judge, report: progress.report };
    const score = await evaluate(task);
    progress.close();
    if (json) print(JSON.stringify(score));
    else await printScore(benchmark, options, score);
  } finally {
    respondent.close();
  }
}

/** The prompts of the data, or those that the benchmark brings, kept in the folder; refused where they were trained on. */
async function readPrompts(
  { data, out, training }: EvaluateOptions,
  { name, source }: ActiveExamination,
  store: Store,
): Promise<Prompt[]> {
  const [{ openEvaluationData }, { keepBroughtPrompts, keepEvaluationPrompts }] = await Promise.all([
    import('../../evaluation/open-data.ts'),
    import('../../evaluation/keep-prompts.ts'),
  ]);
  if (data === undefined) {
    if (source === undefined) throw new InvalidInputError(`give --data: ${name} brings no prompts of its own`);
    if (training !== undefined) throw new InvalidInputError('--training is compared with --data; give both');
    return keepBroughtPrompts(store, name, source);
  }
  const opened = await openEvaluationData(name, data, out);
  try {
    if (opened.leftOut !== undefined) process.stderr.write(`${opened.leftOut}\n`);
    if (training !== undefined) {
      const { refuseTrainingPrompts } = await import('../../evaluation/refuse-training-prompts.ts');
      await refuseTrainingPrompts(opened.path, training);
    }
    return await keepEvaluationPrompts(store, out, opened.path);
  } finally {
    await opened.close();
  }
}

async function openJudge(
  { judge, ...options }: EvaluateOptions,
  benchmark: ActiveExamination,
  store: Store,
): Promise<CountingAnswerJudge | undefined> {
  if (judge === undefined) return undefined;
  const { openAnswerJudge } = await import('../../evaluation/open-answer-judge.ts');
  return openAnswerJudge({ judge, ...options }, benchmark, store, (name) => process.env[name]);
}

/** Progress on the error stream, which leaves the output to the result: of the answers, then of judging them. */
async function followAnswers(): Promise<{ report: ReportProgress; close(): void }> {
  const { createItemProgress } = await import('../views/item-progress.ts');
  let current: { stage: string; view: ItemProgress; shown: number } | undefined;
  const report: ReportProgress = ({ stage, done, total }) => {
    if (current?.stage !== stage) {
      current?.view.close();
      current = { stage, view: createItemProgress(stage, total, 'answers', process.stderr), shown: 0 };
    }
    for (; current.shown < done; current.shown++) current.view.advance();
  };
  return { report, close: () => current?.view.close() };
}

async function printScore(benchmark: ActiveExamination, options: EvaluateOptions, score: PolicyScore): Promise<void> {
  const { alignTable, benchmarkTables } = await import('../../report/benchmark-tables.ts');
  const policy = options.model ?? options.answers ?? options.endpointModel!;
  const { name, title } = benchmark;
  const tables = benchmarkTables({ name, title, result: { policies: { [policy]: score }, comparisons: [] } }, '');
  print(tables.map(alignTable).join('\n'));
  if (score.judge) {
    const { judgements, judgeInputTokens, judgeOutputTokens, judgeDollars } = score.judge;
    const price = options.judgePrice ? `, $${judgeDollars.toFixed(4)}` : '';
    print(`judge: ${judgements} judgements, ${judgeInputTokens} tokens in, ${judgeOutputTokens} out${price}`);
  }
  print(`answers, records and result: ${options.out}`);
}

async function openRespondent(options: EvaluateOptions): Promise<Respondent> {
  const { model, adapter, answers, endpoint, samples } = options;
  if ([model, answers, endpoint].filter((each) => each !== undefined).length !== 1) {
    throw new InvalidInputError('give --model, --answers or --endpoint, one of them: who is measured');
  }
  if (adapter !== undefined && model === undefined) throw new InvalidInputError('--adapter is of a --model; give both');
  if (answers !== undefined) {
    const { openAnswerFile } = await import('../../evaluation/answer-file.ts');
    return openAnswerFile(answers, samples);
  }
  if (endpoint !== undefined) return openEndpoint(endpoint, options);
  await requireModel(model!);
  if (adapter !== undefined) await requireAdapter(adapter);
  const { openModelRespondent } = await import('../../evaluation/model-respondent.ts');
  return openModelRespondent({ ...options, model: model! }, samples);
}

async function openEndpoint(url: string, options: EvaluateOptions): Promise<Respondent> {
  const { endpointModel, apiKeyEnv: apiKeyVariable, samples, topP, topK } = options;
  if (endpointModel === undefined) throw new InvalidInputError('give --endpoint-model: who answers at --endpoint');
  if (topP !== 1 || topK !== 0) {
    throw new InvalidInputError('--top-p and --top-k are not sent to an endpoint; leave them out');
  }
  const { openEndpointRespondent } = await import('../../evaluation/endpoint-respondent.ts');
  return openEndpointRespondent({ url, model: endpointModel, apiKeyVariable }, samples, (name) => process.env[name]);
}
