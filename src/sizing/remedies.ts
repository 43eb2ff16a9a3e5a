import { slotsOf } from '../schema/config/compute.ts';
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
/** Images are not made smaller, nor completions shorter. */
const LEAST_IMAGE_TOKENS = 256;
const LEAST_COMPLETION_TOKENS = 128;

/** A job that is looked after, as some changes leave it. */
interface Variant {
  config: RunConfig;
  facts: RunFacts;
  changes: readonly string[];
}

/**
 * What would make a job fit on each of the machines: the least change of one kind or, where none does, of several together; and the
 * cheapest instance type that would do, with an adapter where nothing else would. By the arithmetic of the refusal.
 */
export function findRemedies(
  shape: ModelShape,
  config: RunConfig,
  facts: RunFacts,
  name: WorkName,
  machines: readonly Machine[],
): Remedy[] {
  const unchanged: Variant = { config, facts, changes: [] };
  const adapted = withAdapter(unchanged);
  const single = [withFewer(unchanged, name), adapted];
  const isFitting = (variant: Variant, on: readonly Machine[]) =>
    on.every((machine) => !findShortage(shape, worksOf(variant.config, variant.facts)[name], machine));
  const alone = single.flatMap((variants) => variants.find((variant) => isFitting(variant, machines)) ?? []);
  const chosen =
    alone.length > 0 ? alone : [...together(unchanged, name)].filter((each) => isFitting(each, machines)).slice(0, 1);
  const elsewhere = chosen.length > 0 ? [unchanged] : [unchanged, ...adapted];
  const onOther = elsewhere.flatMap((variant) => {
    const type = INSTANCE_TYPES.find((each) => isFitting(variant, [machineOf(each)]));
    const change = `${type?.name} (${type?.gpu.memoryGiB} GiB)`;
    return type ? [{ variant: { ...variant, changes: [...variant.changes, change] }, machine: machineOf(type) }] : [];
  });
  return [...chosen.map((variant) => ({ variant, machine: machines[0] })), ...onOther.slice(0, 1)].map(
    ({ variant, machine }) => describe(shape, variant, name, machine),
  );
}

function describe(shape: ModelShape, { config, facts, changes }: Variant, name: WorkName, machine: Machine): Remedy {
  const footprint = footprintOf(shape, worksOf(config, facts)[name], deviceOf(machine));
  const rooms = roomsOf(footprint, machine);
  const [{ memory, needed }] = rooms.sort((a, b) => b.needed / b.available - a.needed / a.available);
  return { change: changes.join(', '), memory, bytes: needed };
}

/** Ever more together: an adapter, fewer sequences, smaller images, shorter completions. */
function* together(unchanged: Variant, name: WorkName): Generator<Variant> {
  let variant = unchanged;
  for (const change of [withAdapter, withFewer, withSmallerImages, withShorter]) {
    const variants = change(variant, name);
    yield* variants;
    variant = variants.at(-1) ?? variant;
  }
}

/** A LoRA adapter, where there is none. */
function withAdapter({ config, facts, changes }: Variant): Variant[] {
  if (config.policy.adapter) return [];
  const adapter = { rank: ADAPTER_RANK, alpha: 2 * ADAPTER_RANK, dropout: 0, targets: 'all-linear' as const };
  const policy = { ...config.policy, adapter };
  return [{ config: { ...config, policy }, facts, changes: [...changes, `policy.adapter of rank ${ADAPTER_RANK}`] }];
}

/** Fewer sequences at once, from half of them down to one. */
function withFewer({ config, facts, changes }: Variant, name: WorkName): Variant[] {
  if (name === 'rl' || name === 'sft') {
    return halves(config[name].microBatchSequences, 1).map((microBatchSequences) => ({
      config: { ...config, [name]: { ...config[name], microBatchSequences } },
      facts,
      changes: [...changes, `${name}.microBatchSequences: ${microBatchSequences}`],
    }));
  }
  return halves(slotsOf(config.compute), 1).map((decodeBatchSequences) => ({
    config: { ...config, compute: { ...config.compute, decodeBatchSequences } },
    facts,
    changes: [...changes, `compute.decodeBatchSequences: ${decodeBatchSequences}`],
  }));
}

function withSmallerImages({ config, facts, changes }: Variant): Variant[] {
  return halves(facts.prompt.tokensPerImage, LEAST_IMAGE_TOKENS).map((tokensPerImage) => {
    const maxPixels = tokensPerImage * 28 * 28;
    return {
      config: { ...config, policy: { ...config.policy, maxPixels } },
      facts: { ...facts, prompt: { ...facts.prompt, tokensPerImage } },
      changes: [...changes, `policy.maxPixels: ${maxPixels}`],
    };
  });
}

function withShorter({ config, facts, changes }: Variant): Variant[] {
  return halves(config.sampling.maxNewTokens, LEAST_COMPLETION_TOKENS).map((maxNewTokens) => ({
    config: {
      ...config,
      sampling: { ...config.sampling, maxNewTokens },
      evaluation: { ...config.evaluation, sampling: { ...config.evaluation.sampling, maxNewTokens } },
    },
    facts,
    changes: [...changes, `sampling.maxNewTokens: ${maxNewTokens}`],
  }));
}

/** Half, a quarter and so on, down to the least. */
function halves(count: number, least: number): number[] {
  const smaller = Math.floor(count / 2);
  return smaller < least ? [] : [smaller, ...halves(smaller, least)];
}
