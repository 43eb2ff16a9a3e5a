import { useMemo } from 'preact/hooks';
import type { GroupLine, RunOverview, SourceOverview } from '../../site/report-data.ts';
import { Choice } from '../parts/choice.tsx';
import { count } from '../parts/format.ts';
import { useData } from '../parts/use-data.ts';
import { addressOf, type Place } from '../parts/use-place.ts';
import { VirtualList } from '../parts/virtual-list.tsx';
import './browser.css';
import { Detail } from './detail.tsx';
import { Filters } from './filters.tsx';
import { PromptRow, TrajectoryRow } from './row.tsx';
import { type Row, selectRows, type Wanted } from './select-rows.ts';
import { useSearch } from './use-search.ts';

interface BrowserProps {
  runs: readonly RunOverview[];
  place: Place;
  go(address: string, step?: 'new' | 'same'): void;
}

/** Every trajectory of a run: a list to choose from, and what is chosen beside it. */
export function BrowserPage({ runs, place, go }: BrowserProps) {
  const run = Math.min(runs.length - 1, Number(place.chosen.run ?? 0) || 0);
  const { sources } = runs[run];
  const source = sources.find(({ id }) => id === place.chosen.source) ?? sources[0];
  if (!source) return <p class="wide section">This run has sampled nothing yet.</p>;
  return <SourceBrowser key={`${run} ${source.id}`} {...{ runs, run, source, place, go }} />;
}

const folderOf = (run: number) => `data/${run}/`;
const NO_LINES: readonly GroupLine[] = [];

function SourceBrowser({ runs, run, source, place, go }: BrowserProps & { run: number; source: SourceOverview }) {
  const { chosen } = place;
  const index = useData<GroupLine[]>(`${folderOf(run)}${source.id}/index`);
  const lines = index.kind === 'here' ? index.data : NO_LINES;
  const { q: query = '' } = chosen;
  const search = useSearch(folderOf(run), source, lines, query);
  const wanted = readWanted(chosen);
  const rows = useMemo(() => selectRows(lines, wanted, search.found), [lines, search.found, ...Object.values(wanted)]);
  const at = findRow(rows, lines, chosen);
  const change = (changes: Readonly<Record<string, string>>, step?: 'new' | 'same') =>
    go(addressOf('trajectories', { ...chosen, ...changes }), step);
  const choose = (row: number, step?: 'new' | 'same') => change(addressOfRow(rows[row], lines), step);
  const row: Row | undefined = rows[Math.max(0, at)];
  return (
    <div class="browser" data-open={chosen.prompt ? 'yes' : 'no'}>
      <Filters {...{ sources: runs[run].sources, source, lines, wanted, query }} onChange={change}>
        <RunChoice runs={runs} run={run} onChoose={(value) => change({ run: value })} />
      </Filters>
      <div class="browser-body">
        <section class="browser-list" aria-label="Found">
          <p class="small muted browser-count" role="status">
            {index.kind === 'failed' ? index.because : describeCount(rows, lines, wanted, source)}
            {search.share < 1 && `, searching ${Math.floor(100 * search.share)}%`}
          </p>
          <VirtualList
            label={wanted.list === 'prompts' ? 'Prompts' : 'Trajectories'}
            count={rows.length}
            rowHeight={72}
            chosen={at}
            onChoose={(to) => choose(to)}
            onOpen={(to) => choose(to, 'new')}
            renderRow={(to) => <ListRow row={rows[to]} lines={lines} isEvaluation={source.kind === 'evaluation'} />}
          />
        </section>
        <section class="browser-detail" aria-label="Chosen">
          <button type="button" class="back" onClick={() => change({ prompt: '', t: '' })}>
            ← All {wanted.list}
          </button>
          {row && (
            <Detail {...{ runs, run, source, lines, row, query }} isHeat={chosen.heat === 'on'} onChange={change} />
          )}
          {!row && index.kind === 'here' && <p class="muted empty">Nothing matches. Take a filter away.</p>}
        </section>
      </div>
    </div>
  );
}

/** What the address asks for; a value that it lacks asks for everything. */
function readWanted(chosen: Place['chosen']): Wanted {
  const { list, route = '', tier = '', verdict = '', learned = '', least = '', most = '', sort = '' } = chosen;
  return { list: list === 'trajectories' ? list : 'prompts', route, tier, verdict, learned, least, most, sort };
}

/** The row of the prompt, and of the trajectory where those are listed, that the address names; -1 where it is not there. */
function findRow(rows: readonly Row[], lines: readonly GroupLine[], { prompt, t }: Place['chosen']): number {
  return rows.findIndex(({ group, trajectory }) => {
    if (lines[group].promptId !== prompt) return false;
    return trajectory === undefined || lines[group].trajectories[trajectory].label === t;
  });
}

function addressOfRow({ group, trajectory }: Row, lines: readonly GroupLine[]): { prompt: string; t: string } {
  const { promptId, trajectories } = lines[group];
  return { prompt: promptId, t: trajectory === undefined ? '' : trajectories[trajectory].label };
}

function describeCount(
  rows: readonly Row[],
  lines: readonly GroupLine[],
  { list }: Wanted,
  { prompts, allPrompts }: SourceOverview,
): string {
  const all = list === 'prompts' ? lines.length : lines.reduce((sum, { trajectories }) => sum + trajectories.length, 0);
  const left = allPrompts > prompts ? `; ${count(allPrompts - prompts)} prompts are left out of this report` : '';
  return `${count(rows.length)} of ${count(all)} ${list}${left}`;
}

function ListRow({ row, lines, isEvaluation }: { row: Row; lines: readonly GroupLine[]; isEvaluation: boolean }) {
  const line = lines[row.group];
  if (row.trajectory === undefined) return <PromptRow line={line} isEvaluation={isEvaluation} />;
  return <TrajectoryRow line={line} trajectory={line.trajectories[row.trajectory]} />;
}

function RunChoice({
  runs,
  run,
  onChoose,
}: {
  runs: readonly RunOverview[];
  run: number;
  onChoose(value: string): void;
}) {
  if (runs.length < 2) return null;
  const options = runs.map(({ runId }, index) => ({ value: String(index), label: runId }));
  return <Choice label="Run" options={options} chosen={String(run)} onChoose={onChoose} />;
}
