import { alignColumns, TEXT } from '../../base/table.ts';
import type { RunExamination } from '../../lineage/examine-run.ts';
import { type DamagedWork, describeDamage, isMadeAgain } from '../../lineage/find-damage.ts';
import { describeStale, renderStale } from './render-stale.ts';

/** What is wrong with a run, in words. */
export function describeExamination({ isFinished, damaged, stale }: RunExamination) {
  return {
    finished: isFinished,
    stale: describeStale(stale),
    damaged: damaged.map((work) => ({
      work: work.work,
      because: work.damage.map(describeDamage).join('; '),
      remedy: remedyOf(work),
    })),
  };
}

/** A line for each piece of a run that is damaged, with what to do, or rests on older rewards. */
export function renderExamination(examination: RunExamination): string {
  const { damaged } = describeExamination(examination);
  const rows = damaged.map(({ work, because, remedy }) => [`  ${work}`, because, remedy]);
  const lines =
    rows.length === 0 ? ['Nothing of the run is damaged.'] : ['Damaged:', ...alignColumns(rows, [TEXT, TEXT])];
  const state = examination.isFinished ? [] : ['The run is not finished: run again, and it goes on.'];
  return [...state, ...lines, renderStale(examination.stale)].join('\n');
}

const remedyOf = (work: DamagedWork) =>
  isMadeAgain(work) ? 'run again: it is made again' : `delete ${work.folder} and run again`;
