import type { LiveRun, StateVisit } from '../../../schema/live-run.ts';

/** A part of the recipe, with the states of the machine that it goes through. */
export interface Section {
  title: string;
  stations: Station[];
}

/** A state as the picture has it: of its variants (of several shards, ahead) the one that was visited last. */
export interface Station {
  name: string;
  visit?: StateVisit;
}

const SECTIONS: readonly [title: string, states: readonly string[]][] = [
  ['Prompts', ['Validate']],
  ['RL', ['Plan', 'Rollout', 'Score', 'TrainRl', 'EvaluateIteration']],
  ['Diagnosis', ['PlanDiagnosis', 'RolloutDiagnosis', 'ScoreDiagnosis', 'Route']],
  ['Expert', ['SampleExpert', 'ConsultExpert', 'Publish']],
  ['SFT', ['TrainSft']],
  ['Result', ['Evaluate', 'Report']],
];
/** States that not every run has: drawn once they are visited. */
const RARE = ['SampleExpert', 'EvaluateIteration'];
/** States that only ask, or end. */
const ASIDE = /^(CheckBudget|RunFailed|RecordFailure|StoppedByBudget|TrainAndRollout)/;

const plainName = (state: string) => state.replace(/Shards(?=$|Diagnosis|Ahead)/, '').replace(/(Ahead|Meanwhile)$/, '');

/** The recipe with what is visited of it; states that the picture does not know come at the end. */
export function listSections({ states }: Pick<LiveRun, 'states'>): Section[] {
  const visits = new Map<string, StateVisit>();
  for (const visit of states.filter(({ state }) => !ASIDE.test(state))) {
    const name = plainName(visit.state);
    const known = visits.get(name);
    if (!known || known.startedAt <= visit.startedAt) visits.set(name, visit);
  }
  const known = SECTIONS.flatMap(([, names]) => names);
  const others = [...visits.keys()].filter((name) => !known.includes(name));
  const sections = others.length === 0 ? SECTIONS : [...SECTIONS, ['Other', others] as const];
  return sections.map(([title, names]) => ({
    title,
    stations: names
      .map((name) => ({ name, visit: visits.get(name) }))
      .filter(({ name, visit }) => visit || !RARE.includes(name)),
  }));
}

/** `TrainRl` as words: `Train RL`. What a section is called needs no saying again. */
export const wordsOf = (state: string, section?: string) =>
  state
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .replace(/\bRl\b/, 'RL')
    .replace(/\bSft\b/, 'SFT')
    .replace(` ${section}`, '');
