import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, posix, resolve } from 'node:path';
import { sha256Of } from '../base/hash.ts';
import { readLines } from '../base/read-lines.ts';
import { shorten } from '../base/terminal-text.ts';
import { loadBenchmarks } from '../benchmarks/index.ts';
import { createDatasetFolder, findPathFault, locateInside } from '../datasets/dataset-files.ts';
import { imagePathsOf } from '../datasets/dataset-row.ts';
import { loadExpert } from '../experts/index.ts';
import { loadRewards } from '../rewards/load-rewards.ts';
import type { PromptSource } from '../schema/config/prompt-source.ts';
import type { RunConfig } from '../schema/config/run-config.ts';
import { DEFAULT_TRACKERS } from '../schema/config/trackers.ts';
import { InvalidInputError, NotFoundError } from '../schema/errors.ts';
import { configKey, datasetPrefix } from '../schema/keys.ts';
import { ExecutionInput } from '../schema/stage-inputs.ts';
import { noteStart } from '../store/note-start.ts';
import { writeIfAbsent } from '../store/presence.ts';
import type { Store } from '../store/store.ts';
import { chooseSlots } from './choose-slots.ts';
import { type ContentFolder, copyContent, describeContent } from './content-folder.ts';
import { writeBudget } from './run-budget.ts';
import { writeTrackers } from './run-trackers.ts';
import { storeExpert } from './store-expert.ts';
import { storeModel } from './store-model.ts';
import { placesOf, storeRewards } from './store-rewards.ts';

/** A run, ready to be executed. */
export interface PreparedRun {
  input: ExecutionInput;
  config: RunConfig;
}

/**
 * Puts what a run needs on the store: the user's rewards, the model and the datasets under their content hashes, and the
 * config with store keys in place of paths, and the number of slots where it was left open. The run id is the config's name and
 * the hash of that config, so that the same command resumes and a changed config, model or dataset is another run; the budget
 * and the trackers lie apart, so that others are not. Relative paths start at `configFolder`.
 * Throws `InvalidInputError` on a path that is not there, on a reward, algorithm or optimizer that cannot be, and on a run
 * id taken by another config.
 */
export async function prepareRun(
  store: Store,
  { budget, trackers = DEFAULT_TRACKERS, ...config }: RunConfig,
  configFolder: string,
  runId?: string,
): Promise<PreparedRun> {
  // TensorFlow.js comes with the algorithms: it is loaded once a config was read, not with the command line.
  const { checkTraining } = await import('../algorithms/index.ts');
  const { checkTrackers } = await import('../trackers/index.ts');
  checkTraining(config);
  checkTrackers(trackers);
  const rewards = await storeRewards(store, config.rewards, configFolder);
  const environment = (name: string) => process.env[name];
  const places = placesOf(config.rewards, rewards, configFolder);
  const active = await loadRewards(store, { ...config, rewards }, environment, places);
  const expert = await storeExpert(store, config.expert, configFolder);
  await loadExpert(store, { ...config, expert }, { rewards: active, environment });
  loadBenchmarks(config);
  const resolved: RunConfig = {
    ...config,
    rewards,
    expert,
    compute: (await chooseSlots(config, configFolder)).compute,
    policy: {
      ...config.policy,
      model: await storeModel(store, 'policy.model', resolve(configFolder, config.policy.model)),
    },
    data: {
      ...config.data,
      train: await storeSource(store, config.data.train, configFolder),
      evaluation: await storeSource(store, config.data.evaluation, configFolder),
    },
    evaluation: await storeBenchmarkSources(store, config.evaluation, configFolder),
  };
  const json = `${JSON.stringify(resolved, null, 2)}\n`;
  const id = runId ?? `${config.name}-${sha256Of(json).slice(0, 8)}`;
  const input = parseInput(id);
  await writeConfig(store, input, json);
  await writeBudget(store, id, budget);
  await writeTrackers(store, id, trackers);
  await noteStart(store, id);
  return { input, config: resolved };
}

function parseInput(runId: string): ExecutionInput {
  const parsed = ExecutionInput.safeParse({ runId, configKey: configKey(runId) });
  if (parsed.success) return parsed.data;
  throw new InvalidInputError(`--run-id ${runId} is no run id; use letters, digits, ".", "_" and "-", at most 80`);
}

async function writeConfig(store: Store, input: ExecutionInput, json: string): Promise<void> {
  if ((await writeIfAbsent(store, input.configKey, json)) === 'written') return;
  if ((await store.read(input.configKey)).toString('utf8') === json) return;
  throw new InvalidInputError(
    `run ${input.runId} was started with another config, model or dataset (${store.uri}/${input.configKey}); ` +
      'give another --run-id',
  );
}

async function storeBenchmarkSources(
  store: Store,
  evaluation: RunConfig['evaluation'],
  configFolder: string,
): Promise<RunConfig['evaluation']> {
  const benchmarks = { ...evaluation.benchmarks };
  for (const [name, { source, ...use }] of Object.entries(benchmarks)) {
    if (source) benchmarks[name] = { source: await storeSource(store, source, configFolder), ...use };
  }
  const { duringRl } = evaluation;
  if (!duringRl?.source) return { ...evaluation, benchmarks };
  const source = await storeSource(store, duringRl.source, configFolder);
  return { ...evaluation, benchmarks, duringRl: { ...duringRl, source } };
}

/** A dataset's path becomes the store key of its JSONL file, with the images it names beside it as on disk. */
async function storeSource(store: Store, source: PromptSource, configFolder: string): Promise<PromptSource> {
  if (source.kind === 'tasks') return source;
  const jsonl = await findJsonl(resolve(configFolder, source.path));
  const content = await describeDataset(jsonl, source.limit);
  const prefix = datasetPrefix(content.contentHash);
  await copyContent(store, content, prefix);
  return { ...source, path: prefix + basename(jsonl) };
}

async function findJsonl(path: string): Promise<string> {
  const found = await stat(path).catch((cause: Error) => {
    throw new InvalidInputError(`data: ${path} is not there; the path is relative to the config file`, { cause });
  });
  if (!found.isDirectory()) return path;
  const names = (await readdir(path)).filter((name) => name.endsWith('.jsonl'));
  if (names.length === 1) return join(path, names[0]);
  throw new InvalidInputError(`data: ${path} has ${names.length} .jsonl files, not one; name the file`);
}

/**
 * The JSONL file and those of its images that are there; what is missing or wrong is the preflight's to report. Throws
 * `InvalidInputError` on files that may not be copied: devices, pipes, and links that leave the folder.
 */
async function describeDataset(jsonl: string, limit = Number.POSITIVE_INFINITY): Promise<ContentFolder> {
  const [folder, name] = [dirname(jsonl), basename(jsonl)];
  const files = new Set(await findCopied(folder, name, jsonl));
  let rows = 0;
  for await (const line of readLines(createDatasetFolder(folder).readStream(name))) {
    if ('text' in line && line.text.trim() === '') continue;
    rows += 1;
    if (rows > limit) break;
    const paths = 'text' in line ? imagePathsOf(line.text) : [];
    for (const path of paths.filter((image) => findPathFault(image) === undefined)) {
      const image = posix.normalize(path);
      if (files.has(image)) continue;
      for (const file of await findCopied(folder, image, `${jsonl}:${line.number}: image ${shorten(path)}`))
        files.add(file);
    }
  }
  return describeContent(folder, [...files]);
}

/** The file, where it is there and may be copied; `name` is what a message calls it. */
async function findCopied(folder: string, file: string, name: string): Promise<string[]> {
  try {
    await locateInside(folder, file);
    return [file];
  } catch (cause) {
    if (cause instanceof NotFoundError) return [];
    throw cause instanceof InvalidInputError
      ? new InvalidInputError(`data: ${name} ${cause.message}`, { cause })
      : cause;
  }
}
