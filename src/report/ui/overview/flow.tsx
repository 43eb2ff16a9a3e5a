import type { Flow, FlowNode, RunOverview } from '../../site/report-data.ts';
import { DataTable } from '../parts/data-table.tsx';
import { Sankey } from '../parts/sankey.tsx';
import { addressOf } from '../parts/use-place.ts';

const COLOURS: Record<FlowNode['kind'], string> = {
  prompts: 'muted',
  mastered: 'mastered',
  'self-distill': 'self-distill',
  expert: 'expert',
  learned: 'learned',
  parked: 'parked',
};

/** Prompts over their routes to what became of them; a route leads to its trajectories. */
export function FlowFigure({ run, index, flow }: { run: RunOverview; index: number; flow: Flow }) {
  const hasDiagnosis = run.sources.some(({ kind }) => kind === 'diagnosis');
  const addresses: Partial<Record<string, string>> = hasDiagnosis ? routeAddresses(index) : {};
  const labelOf = (id: string) => flow.nodes.find((node) => node.id === id)?.label ?? id;
  return (
    <figure class="card flow">
      <Sankey
        title="Prompts by route"
        nodes={flow.nodes.map(({ id, label, about, kind }) => ({
          ...{ id, label, about, colour: COLOURS[kind] },
          ...(addresses[id] && { address: addresses[id] }),
        }))}
        links={flow.links.map(({ from, to, prompts }) => ({ from, to, value: prompts }))}
      />
      <details>
        <summary>As a table</summary>
        <DataTable
          table={{
            title: 'Prompts on their way',
            header: ['from', 'to', 'prompts'],
            rows: flow.links.map(({ from, to, prompts }) => [labelOf(from), labelOf(to), String(prompts)]),
          }}
        />
      </details>
    </figure>
  );
}

function routeAddresses(run: number): Record<string, string> {
  const chosen = { run: run === 0 ? '' : String(run), source: 'diagnosis' };
  return {
    prompts: addressOf('trajectories', chosen),
    ...Object.fromEntries(
      ['mastered', 'self-distill', 'expert'].map((route) => [route, addressOf('trajectories', { ...chosen, route })]),
    ),
    learned: addressOf('trajectories', { ...chosen, learned: 'yes' }),
  };
}
