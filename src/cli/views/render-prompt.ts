import { alignColumns, FIGURE, TEXT } from '../../base/table.ts';
import { shorten } from '../../base/terminal-text.ts';
import type { PromptLine, ShownAnswer, ShownPrompt } from '../../catalog/show-run.ts';
import type { Decision } from '../../schema/decision.ts';
import { EVALUATED_POLICIES } from '../../schema/evaluated-policies.ts';

/** A question, its answer, and each answer that was given with its verdict and why. */
export function renderPrompt({ runId, of, prompt, answers, decision }: ShownPrompt): string {
  const { promptId, tier, question, options = [], images, groundTruth, annotations = [] } = prompt;
  const facts = [
    ['prompt', `${promptId}${tier === undefined ? '' : ` (${tier})`}, ${of} of ${runId}`],
    ['question', question.trim()],
    ...options.map((option, at) => [at === 0 ? 'options' : '', `${String.fromCharCode(65 + at)}. ${option}`]),
    ...images.map(({ key, width, height }) => ['image', `${key} (${width} x ${height})`]),
    ['gold', groundTruth],
    ...annotations.map((fact, at) => [at === 0 ? 'facts' : '', fact]),
    ...(decision ? [['route', `${decision.branch}: ${decision.because}`]] : []),
  ];
  return [
    ...alignColumns(facts, [TEXT, TEXT]),
    ...(answers.length === 0 ? ['', 'No answers yet.'] : []),
    ...answers.flatMap((answer) => ['', ...renderAnswer(answer, decision)]),
    ...(decision?.expert ? ['', `expert ${decision.expert.outcome}: ${decision.expert.because}`] : []),
  ].join('\n');
}

function renderAnswer(answer: ShownAnswer, decision: Decision | undefined): string[] {
  if (answer.kind === 'evaluated') {
    const { policy, benchmark, record } = answer;
    const label = EVALUATED_POLICIES.find(({ name }) => name === policy)?.label ?? policy;
    const sample = record.sampleIndex === undefined ? '' : ` ${record.sampleIndex}`;
    const read = record.answer === undefined ? 'no answer was read' : `read as "${record.answer}"`;
    return [
      `${verdict(record.isCorrect)}  ${label}${sample} on ${benchmark}, ${record.tokenCount} tokens`,
      ...indent(record.text),
      `  why: ${read}${record.isFormatted ? '' : '; not in the format'}`,
    ];
  }
  const { trajectory, score } = answer;
  const { trajectoryIndex, tokenIds, finishReason, text } = trajectory;
  const outcome = decision?.trajectories.find((each) => each.trajectoryIndex === trajectoryIndex);
  const parts = Object.entries(score?.rewardBreakdown ?? {});
  return [
    [
      score
        ? `${verdict(score.isCorrect)}  trajectory ${trajectoryIndex}`
        : `trajectory ${trajectoryIndex}, not scored yet`,
      ...(score ? [`reward ${score.reward.toFixed(3)}`] : []),
      `${tokenIds.length} tokens`,
      ...(finishReason === 'length' ? ['cut at the longest'] : []),
      ...(outcome ? [`SFT: ${outcome.outcome}${outcome.because ? `, ${outcome.because}` : ''}`] : []),
    ].join(', '),
    ...indent(text),
    ...parts.map(([name, { value, weight, evidence }]) => `  why: ${name} ${value} x ${weight}, ${evidence}`),
  ];
}

const verdict = (isCorrect: boolean) => (isCorrect ? 'RIGHT' : 'WRONG');

const indent = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => `  | ${line}`);

const WIDTH_OF_THE_REST = 50;

/** Prompts in a line each, for a terminal of that many columns. */
export function renderPromptList(lines: readonly PromptLine[], width: number): string {
  const longest = Math.max(20, width - WIDTH_OF_THE_REST);
  const rows = lines.map(({ promptId, tier = '', right, answers, question }) => {
    return [promptId, tier, answers === 0 ? '' : `${right}/${answers}`, shorten(question, longest)];
  });
  return alignColumns([['prompt', 'tier', 'right', 'question'], ...rows], [TEXT, TEXT, FIGURE, TEXT]).join('\n');
}
