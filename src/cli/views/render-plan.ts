import { alignColumns, FIGURE, TEXT } from '../../base/table.ts';
import { EXPERT_SHARE } from '../../forecast/assumptions.ts';
import type { ModelCalls } from '../../forecast/model-calls.ts';
import type { PlanForecast, RunPlan } from '../../forecast/plan-run.ts';
import { REFUSED_SHARE } from '../../sizing/asked-models.ts';
import { type Footprint, MEMORY_PARTS, type Memory, totalBytes } from '../../sizing/memory/memory.ts';
import { MODEL_PARTS, sum } from '../../sizing/model-shape.ts';
import { describeShortages } from '../../sizing/plan-memory.ts';
import { WORK_NAMES, type WorkName } from '../../sizing/works.ts';
import { describeCalls } from './describe-calls.ts';

const WIDTH = 80;

/** A plan as tables for people, at most 80 columns wide. */
export function renderPlan(plan: RunPlan): string {
  return [
    ...wrap(`${plan.model.source}: ${describeTraining(plan)}`),
    '',
    ...parameterTable(plan),
    '',
    ...memoryTable(plan),
    '',
    ...instanceTable(plan),
    '',
    ...(plan.forecast ? [...forecastTable(plan.forecast), ''] : []),
    ...describeModels(plan.forecast?.run?.calls ?? []),
    ...wrap(describeGrounds(plan)),
    '',
    ...verdict(plan).flatMap(wrap),
  ].join('\n');
}

/** All of a plan but what the config says itself. */
export function planJson({ model, parameters, facts, works, footprints, fits, instances, forecast }: RunPlan) {
  return { model: model.source, parameters, ...facts, works, footprints, fits, instances, forecast };
}

function describeTraining({ works: { rl } }: RunPlan): string {
  if (!rl.adapter)
    return rl.isVisionFrozen ? 'all weights but the vision tower are trained' : 'all weights are trained';
  return `a LoRA adapter of rank ${rl.adapter.rank} is trained`;
}

function parameterTable({ parameters }: RunPlan): string[] {
  const rows = MODEL_PARTS.map((part) => [part, parameters[part] > 0 ? whole(parameters[part]) : 'tied']);
  return alignColumns([['parameters', whole(sum(Object.values(parameters)))], ...rows], [TEXT, FIGURE]);
}

/** A column for each kind of job, a row for each part that any of them holds. */
function memoryTable({ footprints }: RunPlan): string[] {
  const rowsOf = (place: keyof Footprint) => {
    const memories = WORK_NAMES.map((name) => footprints[name][place]);
    const parts = MEMORY_PARTS.filter((part) => memories.some((memory) => memory[part] >= SMALLEST));
    const row = (name: string, bytesOf: (memory: Memory) => number) => [
      name,
      ...memories.map((memory) => figure(bytesOf(memory))),
    ];
    return [
      row(place === 'device' ? 'on the GPU' : 'on the host', totalBytes),
      ...parts.map((part) => row(`  ${part}`, (memory) => memory[part])),
    ];
  };
  return alignColumns(
    [['GB at the peak', ...WORK_NAMES.map(jobName)], ...rowsOf('device'), ...rowsOf('host')],
    [TEXT, FIGURE],
  );
}

/** Parts under 50 MB are no row of their own. */
const SMALLEST = 5e7;

/** The stack's own instance types are marked. */
function instanceTable({ instances }: RunPlan): string[] {
  const rows = instances.map(({ type, isRented, fits }) => [
    `${isRented ? '*' : ' '} ${type.name}`,
    type.gpu.name,
    String(type.gpu.memoryGiB),
    String(type.memoryGiB),
    type.hourUsd.toFixed(2),
    ...WORK_NAMES.map((name) => (fits.includes(name) ? 'fits' : '-')),
  ]);
  const header = ['  instance', 'GPU', 'GiB', 'host', 'USD/h', ...WORK_NAMES.map(jobName)];
  return alignColumns([header, ...rows], [TEXT, TEXT, FIGURE, FIGURE, FIGURE, TEXT]);
}

function forecastTable({
  type,
  rolloutTokensPerSecond,
  trainingTokensPerSecond,
  iteration,
  run,
}: PlanForecast): string[] {
  return alignColumns(
    [
      [
        `on ${type.name}`,
        `${whole(rolloutTokensPerSecond)} tokens/s sampled, ${whole(trainingTokensPerSecond)} learned from`,
      ],
      ...(iteration ? [['an iteration', `${duration(iteration.seconds)}, ${usd(iteration.usd)}`]] : []),
      [
        'the run',
        run
          ? `${duration(run.seconds)}, ${usd(run.usd)}`
          : 'its prompts are not there to count: give --prompts and --evaluation-prompts',
      ],
      ...(run?.calls ?? []).flatMap(({ asker, usd: each }) =>
        each === undefined ? [] : [[`  of that ${asker}`, usd(each)]],
      ),
    ],
    [TEXT],
  );
}

function describeGrounds({ works: { rollout, rl } }: RunPlan): string {
  const { textTokens, images, tokensPerImage } = rollout.prompt;
  return (
    `Peaks are of the longest sequences: ${whole(textTokens)} tokens of text, ${images} x ${whole(tokensPerImage)} of images, ` +
    `${whole(rollout.completionTokens)} of completion; ${rollout.sequences} decoded together, ${rl.sequences} learned from. ` +
    'Of a GPU they are arithmetic: none has run this. List prices, on demand, us-east-1; * is what the stack rents.'
  );
}

/** What is asked of experts and judges, and what that rests on. */
function describeModels(calls: readonly ModelCalls[]): string[] {
  if (calls.length === 0) return [];
  const asked = calls.flatMap((each) => wrap(`${each.asker}: ${describeCalls(each)}`));
  const assumed =
    `Assumed: the policy never solves ${EXPERT_SHARE * 100} % of the prompts, ${REFUSED_SHARE * 100} % of an expert's answers ` +
    'are asked for again, each takes a quarter of maxOutputTokens.';
  return [...asked, ...wrap(assumed), ''];
}

const verdict = ({ fits }: RunPlan) => {
  const shortages = describeShortages(fits);
  return shortages.length > 0 ? shortages : ['Every job fits.'];
};

const jobName = (name: WorkName) => ({ rollout: 'rollout', evaluation: 'evaluate', rl: 'RL', sft: 'SFT' })[name];

const figure = (bytes: number) => (bytes >= SMALLEST ? (bytes / 1e9).toFixed(1) : '');
const whole = (value: number) => Math.round(value).toLocaleString('en-US');
const usd = (value: number) => `${value.toLocaleString('en-US', { maximumFractionDigits: value < 100 ? 2 : 0 })} USD`;

function duration(seconds: number): string {
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** Lines of at most 80 characters, broken between words. */
function wrap(text: string): string[] {
  const lines: string[] = [''];
  for (const word of text.split(' ')) {
    const line = `${lines.at(-1)} ${word}`.trimStart();
    if (line.length <= WIDTH) lines[lines.length - 1] = line;
    else lines.push(word);
  }
  return lines;
}
