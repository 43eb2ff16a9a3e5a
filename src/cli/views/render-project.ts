import type { CreatedProject } from '../../launch/new-project/create-project.ts';

const SHOWN_FAULTS = 10;

/** What was made, and what to do with it. */
export function renderProject({ folder, config, rows, conversion }: CreatedProject): string {
  const faults = conversion?.faults ?? [];
  const left = conversion ? conversion.rows - rows.train - rows.evaluation : 0;
  return [
    `${folder}/run.yaml                 the run config, each knob commented`,
    `${folder}/data/train.jsonl         ${rows.train} rows`,
    `${folder}/data/evaluation.jsonl    ${rows.evaluation} rows, held out`,
    ...(left > 0 ? [`left out: ${left} of ${conversion?.rows} rows`] : []),
    ...faults.slice(0, SHOWN_FAULTS).map(({ place, message }) => `  ${place}: ${message}`),
    '',
    `rise data check ${folder}/data/train.jsonl`,
    `rise plan ${config}`,
    `rise run ${config}`,
  ].join('\n');
}
