import type { RunConfig } from '../schema/config/run-config.ts';
import { NotFoundError } from '../schema/errors.ts';
import type { IterationMeasurement } from '../schema/evaluation.ts';
import { evaluationPrefix, manifestKey, planPrefix, planShardsKey, promptsPrefix } from '../schema/keys.ts';
import type { Manifest } from '../schema/manifest.ts';
import type { ExecutionInput, ShardItem } from '../schema/stage-inputs.ts';
import type { Store } from '../store/store.ts';
import type { Assumptions } from './assumptions.ts';
import { sizeOf } from './workload.ts';

/**
 * A store on which preflight and every plan are done already, so that the very stages that run on AWS give the state
 * machine its state at once: counts and keys as they would be, and none of the prompts.
 */
export function createModelStore(input: ExecutionInput, config: RunConfig, assumptions: Assumptions): Store {
  const { runId, configKey } = input;
  const rolloutOf = (key: string) => key.split('/').at(-3)!;
  const answer = (key: string): unknown => {
    if (key === configKey) return config;
    if (key === manifestKey(promptsPrefix(runId))) return manifest('validate', {});
    if (key.startsWith(evaluationPrefix(runId, ''))) return manifest('evaluate-iteration', measurement(config));
    const rollout = rolloutOf(key);
    const { prompts, shards } = sizeOf(rollout, config, assumptions);
    if (key === manifestKey(planPrefix(runId, rollout))) return manifest('plan', { prompts, shardCount: shards });
    if (key === planShardsKey(runId, rollout)) return shardItems(input, rollout, shards);
    return undefined;
  };
  const manifest = (stage: string, summary: Record<string, unknown>): Manifest => {
    return { stage, runId, inputs: [], parts: [], summary, seed: config.seed, versions: {} };
  };
  const read = async (key: string) => {
    const value = answer(key);
    if (value === undefined) throw new NotFoundError(`${key} is no part of a simulation`);
    return Buffer.from(JSON.stringify(value));
  };
  return {
    uri: 'model:',
    read,
    async *readStream(key) {
      yield await read(key);
    },
    write: async () => {},
    writeStream: async () => {},
    copy: async () => {},
    sizeOf: async (key) => (answer(key) === undefined ? undefined : (await read(key)).byteLength),
    stampOf: async () => undefined,
    exists: async (key) => answer(key) !== undefined,
    list: async () => [],
    listSizes: async () => new Map(),
    delete: async () => {},
  };
}

/** All policies are alike on paper. */
const measurement = ({ evaluation }: RunConfig): IterationMeasurement => {
  const figure = { accuracy: 0, low: 0, high: 1, n: 0 };
  const figures = { [evaluation.duringRl?.figure ?? 'accuracy']: figure };
  return { prompts: 0, correct: 0, formatted: 0, precision: 'float32', figures };
};

const shardItems = ({ runId, configKey }: ExecutionInput, rollout: string, shardCount: number): ShardItem[] =>
  Array.from({ length: shardCount }, (_, shard) => ({ runId, configKey, rollout, shard, shardCount }));
