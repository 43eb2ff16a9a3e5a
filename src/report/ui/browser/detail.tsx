import type { GroupDetail, GroupLine, RunOverview, SourceOverview } from '../../site/report-data.ts';
import { Choice } from '../parts/choice.tsx';
import { useData } from '../parts/use-data.ts';
import { PromptPanel } from './group-view.tsx';
import { HeatLegend } from './marked-text.tsx';
import { Responses } from './responses.tsx';
import type { Row } from './select-rows.ts';

interface DetailProps {
  runs: readonly RunOverview[];
  run: number;
  source: SourceOverview;
  lines: readonly GroupLine[];
  row: Row;
  query: string;
  isHeat: boolean;
  onChange(changes: Readonly<Record<string, string>>): void;
}

const HEAT = [
  { value: 'off', label: 'Text' },
  { value: 'on', label: 'Log-probabilities' },
] as const;

/** A prompt with all that was said to it; where the report has a second run, with what that one said beside. */
export function Detail({ runs, run, source, lines, row, query, isHeat, onChange }: DetailProps) {
  const loaded = useGroup(run, source, lines, row.group);
  if (loaded.kind === 'loading') return <p class="muted">Loading ...</p>;
  if (loaded.kind === 'failed') return <p class="muted">{loaded.because}</p>;
  const group = loaded.data;
  const chosen = row.trajectory === undefined ? '' : lines[row.group].trajectories[row.trajectory].label;
  const hasTokens = group.trajectories.some(({ tokens }) => tokens !== undefined);
  const others = runs.flatMap((other, index) => {
    const same = other.sources.find(({ id }) => id === source.id);
    return index === run || !same ? [] : [{ runId: other.runId, run: index, source: same }];
  });
  return (
    <>
      <PromptPanel group={group} />
      {hasTokens && (
        <p class="heat-choice">
          <Choice
            label="Show"
            options={HEAT}
            chosen={isHeat ? 'on' : 'off'}
            onChoose={(heat) => onChange({ heat: heat === 'on' ? heat : '' })}
          />
          {isHeat && <HeatLegend />}
        </p>
      )}
      <div class={others.length > 0 ? 'runs-beside' : undefined}>
        <div>
          {others.length > 0 && <h3 class="mono">{runs[run].runId}</h3>}
          <Responses {...{ group, chosen, query, isHeat }} />
        </div>
        {others.map((other) => (
          <Beside key={other.run} {...other} promptId={group.promptId} {...{ query, isHeat }} />
        ))}
      </div>
    </>
  );
}

/** What another run said to the same prompt. */
function Beside({
  runId,
  run,
  source,
  promptId,
  query,
  isHeat,
}: Pick<DetailProps, 'run' | 'source' | 'query' | 'isHeat'> & { runId: string; promptId: string }) {
  const index = useData<GroupLine[]>(`data/${run}/${source.id}/index`);
  const lines = index.kind === 'here' ? index.data : [];
  const at = lines.findIndex((line) => line.promptId === promptId);
  const loaded = useGroup(run, source, lines, at);
  return (
    <div>
      <h3 class="mono">{runId}</h3>
      {index.kind === 'here' && at < 0 && <p class="muted">This run was not asked it.</p>}
      {loaded.kind === 'failed' && <p class="muted">{loaded.because}</p>}
      {loaded.kind === 'here' && <Responses group={loaded.data} chosen="" {...{ query, isHeat }} />}
    </div>
  );
}

/** A group of a source by its place in the index. */
function useGroup(run: number, source: SourceOverview, lines: readonly GroupLine[], at: number) {
  const part = lines[at]?.part;
  const loaded = useData<GroupDetail[]>(part === undefined ? undefined : `data/${run}/${source.id}/part-${part}`);
  if (loaded.kind !== 'here') return loaded;
  const first = lines.findIndex((line) => line.part === part);
  return { kind: loaded.kind, data: loaded.data[at - first] };
}
