import type { Decision } from '../../schema/decision.ts';
import type { Flow, FlowNode } from './report-data.ts';

/** What became of a prompt: its branch and, once that is decided, what SFT learns of it. */
export type PromptFate = Pick<Decision, 'branch'> & Partial<Pick<Decision, 'examples'>>;

const ROUTES: readonly FlowNode[] = [
  { id: 'mastered', kind: 'mastered', label: 'mastered', about: 'solved often enough: nothing to learn' },
  {
    id: 'self-distill',
    kind: 'self-distill',
    label: 'self-distilled',
    about: 'solved at times: its own successes teach',
  },
  { id: 'expert', kind: 'expert', label: 'expert', about: 'solved never, or too seldom: an expert is asked' },
];

const ENDS: readonly FlowNode[] = [
  { id: 'dropped', kind: 'mastered', label: 'dropped', about: 'mastered prompts, which SFT leaves out' },
  { id: 'learned', kind: 'learned', label: 'learned by SFT', about: 'prompts with at least one SFT example' },
  { id: 'parked', kind: 'parked', label: 'parked', about: 'prompts that need an example and have none' },
];

/** Prompts from the diagnosis over their routes to what became of them, each counted once. */
export function buildFlow(fates: readonly PromptFate[]): Flow {
  const counts = new Map<string, { from: string; to: string; prompts: number }>();
  const count = (from: string, to: string) => {
    const id = JSON.stringify([from, to]);
    const link = counts.get(id) ?? { from, to, prompts: 0 };
    counts.set(id, { ...link, prompts: link.prompts + 1 });
  };
  for (const fate of fates) {
    count('prompts', fate.branch);
    const end = endOf(fate);
    if (end) count(fate.branch, end);
  }
  const order = ['prompts', ...[...ROUTES, ...ENDS].map(({ id }) => id)];
  const links = [...counts.values()].sort(
    (a, b) => order.indexOf(a.from) - order.indexOf(b.from) || order.indexOf(a.to) - order.indexOf(b.to),
  );
  const used = new Set(links.flatMap(({ from, to }) => [from, to]));
  const prompts: FlowNode = { id: 'prompts', kind: 'prompts', label: 'prompts', about: 'training prompts diagnosed' };
  return { nodes: [prompts, ...ROUTES, ...ENDS].filter(({ id }) => used.has(id)), links };
}

function endOf({ branch, examples }: PromptFate): string | undefined {
  if (!examples) return undefined;
  if (branch === 'mastered') return 'dropped';
  return examples.length > 0 ? 'learned' : 'parked';
}
