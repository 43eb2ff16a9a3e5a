import type { ComponentChildren } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import type { GroupLine, SourceOverview } from '../../site/report-data.ts';
import { Choice } from '../parts/choice.tsx';
import { ROUTES } from '../parts/routes.tsx';
import type { Wanted } from './select-rows.ts';

type Change = (change: Readonly<Record<string, string>>) => void;

interface FiltersProps {
  sources: readonly SourceOverview[];
  source: SourceOverview;
  lines: readonly GroupLine[];
  wanted: Wanted;
  query: string;
  onChange: Change;
  /** What stands before the filters. */
  children: ComponentChildren;
}

/** Everything that narrows the list. */
export function Filters({ sources, source, lines, wanted, query, onChange, children }: FiltersProps) {
  const tiers = [...new Set(lines.flatMap(({ tier }) => tier ?? []))].sort();
  const routes = ROUTES.filter(({ kind }) => lines.some(({ route }) => route === kind));
  const hasRewards = lines.some(({ trajectories }) => trajectories.some(({ reward }) => reward !== undefined));
  const select = (name: string, label: string, options: readonly Option[]) => (
    <Select
      label={label}
      value={wantedOf(wanted, name)}
      options={options}
      onChange={(value) => onChange({ [name]: value })}
    />
  );
  return (
    <search class="filters">
      {children}
      <Select
        label="From"
        value={source.id}
        options={sources.map(({ id, title }) => [id, title])}
        onChange={(id) => onChange({ source: id, prompt: '', route: '', tier: '', verdict: '', learned: '' })}
      />
      <Find query={query} onChange={onChange} />
      {routes.length > 0 &&
        select('route', 'Route', [['', 'any'], ...routes.map(({ kind, label }): Option => [kind, label])])}
      {tiers.length > 1 && select('tier', 'Tier', [['', 'any'], ...tiers.map((tier): Option => [tier, tier])])}
      {select('verdict', 'Verdict', source.kind === 'evaluation' ? POLICY_VERDICTS : VERDICTS)}
      {source.kind === 'diagnosis' && select('learned', 'SFT', LEARNED)}
      {hasRewards && <Bounds wanted={wanted} onChange={onChange} />}
      {select('sort', 'Order', hasRewards ? [...SORTS, ...REWARD_SORTS] : SORTS)}
      <Choice
        label="List"
        options={LISTS}
        chosen={wanted.list}
        onChoose={(list) => onChange({ list: list === 'prompts' ? '' : list })}
      />
    </search>
  );
}

type Option = readonly [value: string, label: string];

const VERDICTS: readonly Option[] = [
  ['', 'any'],
  ['right', 'right'],
  ['wrong', 'wrong'],
  ['mixed', 'groups with both'],
  ['all-right', 'groups all right'],
  ['all-wrong', 'groups all wrong'],
];
const POLICY_VERDICTS: readonly Option[] = [
  ['', 'any'],
  ['gained', 'first wrong, last right'],
  ['lost', 'first right, last wrong'],
  ['all-right', 'all right'],
  ['all-wrong', 'all wrong'],
  ['right', 'any right'],
  ['wrong', 'any wrong'],
];
const LEARNED: readonly Option[] = [
  ['', 'any'],
  ['yes', 'learned'],
  ['no', 'not learned'],
];
const SORTS: readonly Option[] = [
  ['', 'as asked'],
  ['pass-up', 'pass rate, lowest first'],
  ['pass-down', 'pass rate, highest first'],
];
const REWARD_SORTS: readonly Option[] = [
  ['reward-up', 'reward, lowest first'],
  ['reward-down', 'reward, highest first'],
];
const LISTS = [
  { value: 'prompts', label: 'Prompts' },
  { value: 'trajectories', label: 'Trajectories' },
] as const;

const wantedOf = (wanted: Wanted, name: string) => wanted[name as keyof Wanted];

function Select({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: string;
  options: readonly Option[];
  onChange(value: string): void;
}) {
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

const TYPING_MS = 250;

/** A text to find; it is looked for once the reader stops typing. */
function Find({ query, onChange }: { query: string; onChange: Change }) {
  const [text, setText] = useState(query);
  useEffect(() => setText(query), [query]);
  useEffect(() => {
    if (text === query) return;
    const timer = setTimeout(() => onChange({ q: text }), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <label class="field field-find">
      <span>Find</span>
      <input
        type="search"
        value={text}
        placeholder="in questions, ids, answers"
        onInput={(event) => setText(event.currentTarget.value)}
      />
    </label>
  );
}

function Bounds({ wanted, onChange }: { wanted: Wanted; onChange: Change }) {
  const id = useId();
  const bound = (name: 'least' | 'most', label: string) => (
    <input
      class="bound"
      type="number"
      step="any"
      aria-label={`Reward ${label}`}
      placeholder={label}
      value={wanted[name]}
      onChange={(event) => onChange({ [name]: event.currentTarget.value })}
    />
  );
  return (
    <fieldset class="field" aria-labelledby={id}>
      <span id={id}>Reward</span>
      <span class="bounds">
        {bound('least', 'from')}
        {bound('most', 'to')}
      </span>
    </fieldset>
  );
}
