import { createTokenizer } from '../../engine/processing/tokenizer.ts';
import { readModelSettings } from '../../engine/weights/model-settings.ts';
import type { RunConfig } from '../../schema/config/run-config.ts';
import type { Decision } from '../../schema/decision.ts';
import { UnsupportedModelError } from '../../schema/errors.ts';
import { DIAGNOSIS, recordsKey, routesPrefix, sftIndexKey } from '../../schema/keys.ts';
import { Route } from '../../schema/route.ts';
import { SftIndexEntry } from '../../schema/sft-example.ts';
import { storedModelFiles } from '../../store/model-files.ts';
import { readStoredConfig } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { loadUi } from './bundle-ui.ts';
import { dataFile } from './data-file.ts';
import { indexPage } from './index-page.ts';
import { listSources, type Source } from './list-sources.ts';
import { type OutFolder, openOutFolder } from './out-folder.ts';
import { readAll } from './read-all.ts';
import { readAnswerGroups } from './read-answers.ts';
import { readOverview, readPlanShards } from './read-overview.ts';
import { type GroupContext, readRollout } from './read-rollout.ts';
import type { ReportOverview, RunOverview, SourceOverview } from './report-data.ts';
import { createTokenSplitter } from './token-pieces.ts';
import { createImageWriter } from './write-images.ts';
import { writeSource } from './write-source.ts';

/** Which runs become a report, and where. */
export interface ReportRequest {
  store: Store;
  /** The second is shown beside the first. */
  runIds: readonly string[];
  out: string;
  /** More trajectories of a run than this are shown by some of their prompts, evenly from first to last. */
  mostTrajectories: number;
}

/** A report that is written. */
export interface WrittenReport {
  out: string;
  runs: { runId: string; prompts: number; trajectories: number; allTrajectories: number }[];
}

/** Shows how far a run's prompts are. */
export type StartProgress = (name: string, total: number) => { advance(): void; close(): void };

/**
 * Writes the pages of one run, or of two beside each other: a folder that opens from a disk and from any server of files.
 * Its first page is written last. Throws `InvalidInputError` on an unknown run, and where the folder holds something else.
 */
export async function writeReport(request: ReportRequest, startProgress: StartProgress): Promise<WrittenReport> {
  const { store, runIds, out } = request;
  for (const runId of runIds) await readStoredConfig(store, runId);
  const target = await openOutFolder(out);
  const ui = await loadUi('report');
  await target.write('report.js', ui.js);
  await target.write('report.css', ui.css);
  const runs: RunOverview[] = [];
  const written: WrittenReport['runs'] = [];
  for (const [index, runId] of runIds.entries()) {
    const { sources, all } = await writeSources(request, target, runId, `data/${index}/`, startProgress);
    runs.push({ ...(await readOverview(store, runId)), sources });
    const count = (of: (source: SourceOverview) => number) => sources.reduce((sum, source) => sum + of(source), 0);
    const counts = {
      prompts: count(({ prompts }) => prompts),
      trajectories: count(({ trajectories }) => trajectories),
    };
    written.push({ runId, ...counts, allTrajectories: all });
  }
  await target.write('data/overview.js', dataFile('data/overview', { runs } satisfies ReportOverview));
  await target.write('index.html', indexPage(['report.js', 'data/overview.js']));
  return { out, runs: written };
}

async function writeSources(
  { store, mostTrajectories }: ReportRequest,
  target: OutFolder,
  runId: string,
  folder: string,
  startProgress: StartProgress,
): Promise<{ sources: SourceOverview[]; all: number }> {
  const config = await readStoredConfig(store, runId);
  const sources = await listSources(store, runId, config);
  const all = sources.reduce((sum, { trajectories }) => sum + trajectories, 0);
  const share = Math.min(1, mostTrajectories / all);
  const progress = startProgress(
    `report ${runId}`,
    sources.reduce((sum, { prompts }) => sum + Math.ceil(prompts * share), 0),
  );
  const context = {
    showImage: createImageWriter(store, target),
    splitTokens: await openSplitter(store, config),
    examples: Map.groupBy(await readAll(store, sftIndexKey(runId), SftIndexEntry), ({ promptId }) => promptId),
    isShown: (index: number) => Math.ceil((index + 1) * share) > Math.ceil(index * share),
  };
  const routes = await readRoutes(store, runId);
  const written: SourceOverview[] = [];
  for (const source of sources) {
    const groups = tell(readGroups(store, runId, source, context), progress.advance);
    written.push(await writeSource(target, folder, source, groups, (promptId) => routes.get(promptId)));
  }
  progress.close();
  return { sources: written, all };
}

function readGroups(store: Store, runId: string, source: Source, context: GroupContext) {
  return source.kind === 'evaluation'
    ? readAnswerGroups(store, runId, source, context)
    : readRollout(store, runId, source, context);
}

async function* tell<T>(items: AsyncIterable<T>, advance: () => void): AsyncGenerator<T> {
  for await (const item of items) {
    yield item;
    advance();
  }
}

async function readRoutes(store: Store, runId: string): Promise<Map<string, Decision['branch']>> {
  const routes = new Map<string, Decision['branch']>();
  for (const shard of await readPlanShards(store, runId, DIAGNOSIS)) {
    for (const { promptId, kind } of await readAll(store, recordsKey(routesPrefix(runId, shard)), Route)) {
      routes.set(promptId, kind);
    }
  }
  return routes;
}

/** What splits text into the base model's tokens; undefined where its tokenizer is not there or not one of ours. */
async function openSplitter(store: Store, { policy }: RunConfig): Promise<GroupContext['splitTokens']> {
  try {
    return createTokenSplitter(createTokenizer(await readModelSettings(storedModelFiles(store, policy.model).read)));
  } catch (error) {
    if (error instanceof UnsupportedModelError) return undefined;
    throw error;
  }
}
