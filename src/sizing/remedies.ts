import type { RunConfig } from '../schema/config/run-config.ts';
import { INSTANCE_TYPES } from './instance-types.ts';
import { deviceOf, findShortage, type Machine, machineOf, roomsOf } from './machine.ts';
import { footprintOf } from './memory/footprint.ts';
import type { ModelShape } from './model-shape.ts';
import { type RunFacts, type WorkName, worksOf } from './works.ts';

/** A change after which a job fits, and what the fuller of its memories then holds. */
export interface Remedy {
  change: string;
  memory: 'GPU' | 'host';
  bytes: number;
}

const ADAPTER_RANK = 32;

/** A config, and what was changed to get it. */
interface Variant {
  config: RunConfig;
  changes: string[];
}

/**
 * What would make a job fit on each of the machines: the least of each kind of change, alone or, where none does alone, together;
 * and the cheapest instance type that fits as it is. By the same arithmetic as the refusal; none where nothing helps.
 */
export function findRemedies(
  shape: ModelShape,
  config: RunConfig,
  facts: RunFacts,
  name: WorkName,
  machines: readonly Machine[],
): Remedy[] {
  const unchanged: Variant = { config, changes: [] };
  const tryOut = (variant: Variant) => {
    const work = worksOf(variant.config, facts)[name];
    const fits = machines.every((each) => !findShortage(shape, work, each));
    return fits ? describe(shape, variant, work, machines[0]) : undefined;
  };
  const adapters = withAdapter(unchanged);
  const single = [withFewer(unchanged, name), adapters].flatMap((variants) => firstThat(variants, tryOut));
  const both = adapters.flatMap((variant) => withFewer(variant, name));
  const shorter = [unchanged, ...adapters].flatMap((variant) => withShorter(withLeast(variant, name)));
  const together =
    [both, shorter].map((variants) => firstThat(variants, tryOut)).find(({ length }) => length > 0) ?? [];
  return [...(single.length > 0 ? single : together), ...largerInstances(shape, unchanged, facts, name)];
}

function firstThat(variants: readonly Variant[], tryOut: (variant: Variant) => Remedy | undefined): Remedy[] {
  for (const variant of variants) {
    const remedy = tryOut(variant);
    if (remedy) return [remedy];
  }
  return [];
}

function describe(
  shape: ModelShape,
  { changes }: Variant,
  work: Parameters<typeof footprintOf>[1],
  machine: Machine,
): Remedy {
  const rooms = roomsOf(footprintOf(shape, work, deviceOf(machine)), machine);
  const [{ memory, needed }] = rooms.sort((a, b) => b.needed / b.available - a.needed / a.available);
  return { change: changes.join(', '), memory, bytes: needed };
}

/** Fewer sequences at once, from half of them down to one. */
function withFewer({ config, changes }: Variant, name: WorkName): Variant[] {
  const { rl, sft, compute } = config;
  const now =
    { rl: rl.microBatchSequences, sft: sft.microBatchSequences }[name as string] ?? compute.decodeBatchSequences;
  const fewer: Variant[] = [];
  for (let count = Math.floor(now / 2); count >= 1; count = Math.floor(count / 2)) {
    fewer.push({ config: withCount(config, name, count), changes: [...changes, `${fieldOf(name)}: ${count}`] });
  }
  return fewer;
}

const withLeast = (variant: Variant, name: WorkName) => withFewer(variant, name).at(-1) ?? variant;

const fieldOf = (name: WorkName) =>
  name === 'rl' || name === 'sft' ? `${name}.microBatchSequences` : 'compute.decodeBatchSequences';

function withCount(config: RunConfig, name: WorkName, count: number): RunConfig {
  if (name === 'rl' || name === 'sft') return { ...config, [name]: { ...config[name], microBatchSequences: count } };
  return { ...config, compute: { ...config.compute, decodeBatchSequences: count } };
}

/** A LoRA adapter, where there is none. */
function withAdapter({ config, changes }: Variant): Variant[] {
  if ('adapter' in config.policy) return [];
  const adapter = { rank: ADAPTER_RANK, alpha: 2 * ADAPTER_RANK, dropout: 0, targets: 'all-linear' as const };
  const policy = { ...config.policy, adapter };
  return [{ config: { ...config, policy }, changes: [...changes, `policy.adapter of rank ${ADAPTER_RANK}`] }];
}

/** Shorter completions, from half as many tokens down to 128. */
function withShorter({ config, changes }: Variant): Variant[] {
  const shorter: Variant[] = [];
  for (let tokens = config.sampling.maxNewTokens / 2; tokens >= 128; tokens /= 2) {
    const maxNewTokens = Math.floor(tokens);
    const evaluation = { ...config.evaluation, sampling: { ...config.evaluation.sampling, maxNewTokens } };
    const sampling = { ...config.sampling, maxNewTokens };
    shorter.push({
      config: { ...config, sampling, evaluation },
      changes: [...changes, `sampling.maxNewTokens: ${maxNewTokens}`],
    });
  }
  return shorter;
}

function largerInstances(shape: ModelShape, { config }: Variant, facts: RunFacts, name: WorkName): Remedy[] {
  const work = worksOf(config, facts)[name];
  const type = INSTANCE_TYPES.find((type) => !findShortage(shape, work, machineOf(type)));
  if (!type) return [];
  return [describe(shape, { config, changes: [`${type.name} (${type.gpu.memoryGiB} GiB)`] }, work, machineOf(type))];
}
