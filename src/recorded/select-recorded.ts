import { join } from 'node:path';
import { type LineFile, openLineFile } from '../base/line-file.ts';
import { createNumberColumn } from '../base/number-column.ts';
import { RecordedTrajectory } from '../datasets/recorded-response.ts';
import { consult } from '../experts/consult.ts';
import { loadExpert } from '../experts/index.ts';
import type { PromptExample } from '../formats/format.ts';
import { buildDecisions, type Decided } from '../routing/build-decision.ts';
import { type Selection, selectExpert, selectSelfDistilled } from '../routing/select-examples.ts';
import { DecisionRule, PAPER_RULE } from '../schema/config/diagnosis.ts';
import { ExpertConfig } from '../schema/config/expert.ts';
import { RewardsConfig } from '../schema/config/rewards.ts';
import type { Decision } from '../schema/decision.ts';
import { CorruptRecordError } from '../schema/errors.ts';
import { countWithoutExample, type ExpertAnswer, type WithoutExample } from '../schema/expert-answer.ts';
import { Prompt } from '../schema/prompt.ts';
import type { ExpertRoute, SelfDistillRoute } from '../schema/route.ts';
import { TrajectoryScore } from '../schema/trajectory.ts';
import { createLocalStore } from '../store/local-store.ts';
import { parseRecord, readJsonIfPresent, streamPlacedRecords, streamRecords } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { createGroupCollector } from './correct-groups.ts';
import { RECORDED_FILES } from './recorded-files.ts';
import { openRoutes, type RouteFile } from './route-file.ts';

/** Folders of what `rise score` and `rise route` wrote, and one for what memory should not hold. */
export interface RecordedFolders {
  scores: string;
  routes: string;
  scratch: string;
}

/** Who is told what was decided, as it is, with the number of the route. */
export interface RecordedListener {
  onExample(route: number, example: PromptExample): void;
  onDecision(route: number, decision: Decision): void;
}

/**
 * Hands on what SFT learns from recorded responses, and each prompt's decision. Gives how many prompts lack an example that an
 * expert was to give.
 */
export async function selectRecorded(
  folders: RecordedFolders,
  selection: Selection,
  listener: RecordedListener,
): Promise<WithoutExample> {
  const store = createLocalStore(folders.scores);
  const routes = await openRoutes(folders.routes);
  let prompts: LineFile | undefined;
  try {
    const decide = await createDecider(folders, listener);
    const { starts, withoutExample } = await selectExpertAnswers(store, routes, selection, { ...listener, decide });
    const file = openLineFile(join(folders.scores, RECORDED_FILES.prompts));
    prompts = file;
    const promptOf = (route: number) => parseRecord(file.lineAt(starts.get(route) - 1), RECORDED_FILES.prompts, Prompt);
    const collector = createGroupCollector(folders.scratch, ({ route, trajectories, scores }) => {
      const selected = selectSelfDistilled(selection, routes.read(route) as SelfDistillRoute, trajectories, scores);
      if (starts.get(route) === 0) throw lacksPrompt(routes.idOf(route));
      const prompt = promptOf(route);
      for (const example of selected.examples) listener.onExample(route, { prompt, example });
      decide(route, { route: routes.read(route), ...selected });
    });
    for await (const [trajectory, score] of readJudged(store)) {
      const route = routes.find(trajectory.promptId);
      if (route === -1 || routes.kindOf(route) !== 'self-distill') continue;
      const routeOf = () => routes.read(route) as SelfDistillRoute;
      if (!routeOf().correctTrajectoryIndices.includes(trajectory.trajectoryIndex)) continue;
      collector.add(route, [trajectory, score], routeOf);
    }
    collector.rest();
    for (let route = 0; route < routes.size; route++) {
      if (routes.kindOf(route) === 'mastered') decide(route, { route: routes.read(route), choices: [], examples: [] });
    }
    return withoutExample;
  } finally {
    routes.close();
    prompts?.close();
  }
}

const lacksPrompt = (promptId: string) =>
  new CorruptRecordError(`${RECORDED_FILES.routes} has ${promptId}, which is not among the prompts; route them again`);

type Decide = (
  route: number,
  known: Pick<Decided, 'route' | 'choices' | 'examples'> & { answer?: ExpertAnswer },
) => void;

/** What of a folder of routes every decision has in common: the rule that they were decided by, and the scores' versions. */
async function createDecider({ scores, routes }: RecordedFolders, { onDecision }: RecordedListener): Promise<Decide> {
  const rule = (await readJsonIfPresent(createLocalStore(routes), RECORDED_FILES.rule, DecisionRule)) ?? PAPER_RULE;
  const { value: score } = await streamRecords(createLocalStore(scores), RECORDED_FILES.scores, TrajectoryScore).next();
  return (number, { route, answer, ...known }) => {
    // Responses are numbered within their prompt; nobody knows by which seed they were sampled.
    const trajectories = Array.from({ length: route.groupSize }, (_, trajectoryIndex) => ({
      trajectoryIndex,
      seed: 0,
    }));
    const decided = { ...known, route, answer, trajectories, scores: score ? [score] : [] };
    onDecision(number, buildDecisions({ policy: { folder: 'recorded' }, rule }, [decided], 0)[0]);
  };
}

/**
 * Asks for worked solutions where they are needed. Gives, per route, where its prompt's line begins, plus one, and how many
 * gave no example.
 */
async function selectExpertAnswers(
  store: Store,
  routes: RouteFile,
  selection: Selection,
  { onExample, decide }: Pick<RecordedListener, 'onExample'> & { decide: Decide },
) {
  const starts = createNumberColumn(Float64Array);
  const withoutExample: WithoutExample = { notAsked: 0, unanswered: 0, wrong: 0, unformatted: 0 };
  const config = { expert: ExpertConfig.parse({}), rewards: RewardsConfig.parse({}) };
  const expert = await loadExpert(store, config, { rewards: [] });
  for await (const { record: prompt, start } of streamPlacedRecords(store, RECORDED_FILES.prompts, Prompt)) {
    const route = routes.find(prompt.promptId);
    if (route === -1) continue;
    starts.set(route, start + 1);
    if (routes.kindOf(route) !== 'expert') continue;
    const expertRoute = routes.read(route) as ExpertRoute;
    const [{ answer }] = await consult(expert, [prompt]);
    addCounts(withoutExample, countWithoutExample([expertRoute], answer ? [answer] : []));
    const examples = selectExpert(selection, expertRoute, answer);
    for (const example of examples) onExample(route, { prompt, example });
    decide(route, { route: expertRoute, answer, choices: [], examples });
  }
  for (let route = 0; route < routes.size; route++) {
    if (routes.kindOf(route) === 'expert' && starts.get(route) === 0) throw lacksPrompt(routes.idOf(route));
  }
  return { starts, withoutExample };
}

function addCounts(counts: WithoutExample, more: WithoutExample): void {
  for (const reason of Object.keys(more) as (keyof WithoutExample)[]) {
    counts[reason] = (counts[reason] ?? 0) + (more[reason] ?? 0);
  }
}

/** Trajectories with their scores: two files that `rise score` writes line by line beside each other. */
async function* readJudged(store: Store): AsyncGenerator<[RecordedTrajectory, TrajectoryScore]> {
  const scores = streamRecords(store, RECORDED_FILES.scores, TrajectoryScore);
  let place = 0;
  for await (const trajectory of streamRecords(store, RECORDED_FILES.trajectories, RecordedTrajectory)) {
    place += 1;
    const { value: score } = await scores.next();
    if (score?.promptId !== trajectory.promptId || score.trajectoryIndex !== trajectory.trajectoryIndex) {
      throw new CorruptRecordError(
        `record ${place} of ${RECORDED_FILES.scores} is not the score of that of ${RECORDED_FILES.trajectories}; score again`,
      );
    }
    yield [trajectory, score];
  }
}
