import type { Decision } from '../../schema/decision.ts';
import { dataFile } from './data-file.ts';
import type { Source } from './list-sources.ts';
import type { OutFolder } from './out-folder.ts';
import type { GroupDetail, GroupLine, SourceOverview, TrajectoryLine } from './report-data.ts';

/** Trajectories of a part of a source: enough that there are few, and few enough that one loads at once. */
const PART_TRAJECTORIES = 256;
/** Characters of a text that a list shows. */
const BEGINNING = 120;

/**
 * Writes a source's groups in parts, `data/<run>/<source>/part-<n>.js`, and their index, and says what is there.
 * @param folder of the run's data
 * @param routeOf the branch that a prompt took at the diagnosis
 */
export async function writeSource(
  out: OutFolder,
  folder: string,
  source: Source,
  groups: AsyncIterable<GroupDetail>,
  routeOf: (promptId: string) => Decision['branch'] | undefined,
): Promise<SourceOverview> {
  const { id, title, kind } = source;
  const place = `${folder}${id}/`;
  const lines: GroupLine[] = [];
  let parts = 0;
  let waiting: GroupDetail[] = [];
  const flush = async () => {
    await out.write(`${place}part-${parts}.js`, dataFile(`${place}part-${parts}`, waiting));
    parts += 1;
    waiting = [];
  };
  for await (const group of groups) {
    lines.push(toLine(group, parts, routeOf(group.promptId)));
    waiting.push(group);
    if (countTrajectories(waiting) >= PART_TRAJECTORIES) await flush();
  }
  if (waiting.length > 0) await flush();
  await out.write(`${place}index.js`, dataFile(`${place}index`, lines));
  const shown = { prompts: lines.length, trajectories: countTrajectories(lines) };
  return { id, title, kind, ...shown, allPrompts: source.prompts, parts };
}

const countTrajectories = (groups: readonly { trajectories: readonly unknown[] }[]) =>
  groups.reduce((sum, { trajectories }) => sum + trajectories.length, 0);

function toLine(group: GroupDetail, part: number, route: Decision['branch'] | undefined): GroupLine {
  const { promptId, question, tier, images, trajectories } = group;
  const image = images.find((one) => one.kind === 'shown');
  return {
    ...{ promptId, question: question.slice(0, BEGINNING), part, trajectories: trajectories.map(toTrajectoryLine) },
    ...(tier !== undefined && { tier }),
    ...(route && { route }),
    ...(image && { image: image.file }),
  };
}

const toTrajectoryLine = ({
  label,
  isCorrect,
  reward,
  decision,
  text,
}: GroupDetail['trajectories'][number]): TrajectoryLine => ({
  ...{ label, text: text.trim().slice(0, BEGINNING) },
  ...(isCorrect !== undefined && { isCorrect }),
  ...(reward !== undefined && { reward }),
  ...(decision?.outcome === 'kept' && { isLearned: true as const }),
});
