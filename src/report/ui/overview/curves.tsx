import type { Curve, CurveSection, RunOverview } from '../../site/report-data.ts';
import { Chart, type ChartLine } from '../parts/chart.tsx';

/** Lines of a chart in their order. */
const COLOURS = ['rl', 'rise', 'mastered', 'learned', 'expert', 'base'];

/** The curves of training; those of a second run are drawn over the first's, broken. */
export function Curves({ runs }: { runs: readonly RunOverview[] }) {
  const titles = [...new Set(runs.flatMap(({ curves }) => curves.map(({ title }) => title)))];
  if (titles.length === 0) return null;
  return (
    <section class="section" id="curves">
      <h2>Curves</h2>
      <p>
        What training told as it went.
        {runs.length > 1 && ` Lines of ${runs[0].runId} are solid, those of ${runs[1].runId} broken.`}
      </p>
      {titles.map((title) => (
        <CurveGroup
          key={title}
          sections={runs.map(({ curves }) => curves.find((section) => section.title === title))}
        />
      ))}
    </section>
  );
}

function CurveGroup({ sections }: { sections: readonly (CurveSection | undefined)[] }) {
  const present = sections.filter((section) => section !== undefined);
  const [{ title, axis }] = present;
  const x = [...new Set(present.flatMap((section) => section.x))].sort((a, b) => a - b);
  const specs = [...new Map(present.flatMap(({ curves }) => curves).map((curve) => [curve.title, curve])).values()];
  return (
    <>
      <h3 class="group-title">{title}</h3>
      <div class="charts">
        {specs.map((spec) => (
          <Chart
            key={spec.title}
            {...{ title: spec.title, about: spec.about, format: spec.format, axis, x, together: title }}
            lines={linesOf(spec, sections, x)}
          />
        ))}
      </div>
    </>
  );
}

function linesOf(spec: Curve, sections: readonly (CurveSection | undefined)[], x: readonly number[]): ChartLine[] {
  return sections.flatMap((section, run) => {
    const curve = section?.curves.find(({ title }) => title === spec.title);
    if (!section || !curve) return [];
    const at = new Map(section.x.map((value, index) => [value, index]));
    return curve.lines.map(({ label, values }, index) => ({
      label: sections.length > 1 ? `${'AB'[run]} ${label}` : label,
      colour: COLOURS[index % COLOURS.length],
      isDashed: run > 0,
      values: x.map((value) => values[at.get(value) ?? -1] ?? null),
    }));
  });
}
