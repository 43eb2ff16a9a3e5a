import { keepHeapSmall } from '../base/keep-heap-small.ts';
import { createNumberColumn } from '../base/number-column.ts';
import { createTextTable } from '../base/text-table.ts';
import { routeGroup } from '../routing/route-group.ts';
import { type DecisionRule, PAPER_RULE } from '../schema/config/diagnosis.ts';
import { InvalidInputError } from '../schema/errors.ts';
import type { Route, RouteCounts } from '../schema/route.ts';
import { TrajectoryScore } from '../schema/trajectory.ts';
import { createLocalStore } from '../store/local-store.ts';
import { openRecordWriter } from '../store/record-writer.ts';
import { streamRecords } from '../store/records.ts';
import { RECORDED_FILES } from './recorded-files.ts';

const COUNT_OF = { mastered: 'mastered', 'self-distill': 'selfDistill', expert: 'expert' } as const;

/** Folders of scores and routes, and how pass rates decide; the paper's rule when absent. */
export interface RoutingOptions {
  scores: string;
  out: string;
  rule?: DecisionRule;
}

/**
 * Routes every prompt with scored responses, in their order, and notes the rule; gives how many took which route. Scores come in any order:
 * memory holds a prompt's id and which of its responses are correct.
 */
export async function routePrompts({ scores: folder, out, rule = PAPER_RULE }: RoutingOptions): Promise<RouteCounts> {
  if (rule.selfDistillMin > rule.masteredMin) {
    throw new InvalidInputError(
      `--self-distill-min ${rule.selfDistillMin} is more than --mastered-min ${rule.masteredMin}; lower it, or raise that`,
    );
  }
  keepHeapSmall();
  const groups = createScoreGroups();
  for await (const score of streamRecords(createLocalStore(folder), RECORDED_FILES.scores, TrajectoryScore)) {
    groups.add(score);
  }
  const counts: RouteCounts = { mastered: 0, selfDistill: 0, expert: 0 };
  const writer = openRecordWriter(createLocalStore(out), RECORDED_FILES.routes);
  for (const route of groups.routes(rule)) {
    counts[COUNT_OF[route.kind]] += 1;
    await writer.write(`${JSON.stringify(route)}\n`);
  }
  await writer.end();
  await createLocalStore(out).write(RECORDED_FILES.rule, `${JSON.stringify(rule, null, 2)}\n`);
  return counts;
}

/** Correct trajectories with an index below this are bits of one number; few groups have others. */
const BITS = 32;

function createScoreGroups() {
  const ids = createTextTable();
  const sizes = createNumberColumn(Uint32Array);
  const firstCorrect = createNumberColumn(Uint32Array);
  const laterCorrect = new Map<number, number[]>();

  const correctOf = (group: number) => {
    const correct: number[] = [];
    for (let bits = firstCorrect.get(group), index = 0; bits !== 0; bits >>>= 1, index++) {
      if (bits & 1) correct.push(index);
    }
    return [...correct, ...(laterCorrect.get(group) ?? [])];
  };
  return {
    add({ promptId, trajectoryIndex, isCorrect }: TrajectoryScore): void {
      const group = ids.add(promptId);
      sizes.set(group, sizes.get(group) + 1);
      if (!isCorrect) return;
      if (trajectoryIndex < BITS) firstCorrect.set(group, firstCorrect.get(group) | (1 << trajectoryIndex));
      else laterCorrect.set(group, [...(laterCorrect.get(group) ?? []), trajectoryIndex]);
    },
    *routes(rule: DecisionRule): Generator<Route> {
      for (let group = 0; group < ids.size; group++) {
        const correct = correctOf(group).map((trajectoryIndex) => ({ trajectoryIndex, isCorrect: true }));
        const others = Array(sizes.get(group) - correct.length).fill({ trajectoryIndex: 0, isCorrect: false });
        yield routeGroup(ids.at(group), [...correct, ...others], rule);
      }
    },
  };
}
