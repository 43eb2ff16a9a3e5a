import { z } from 'zod';
import { endsWith } from '../../schema/adapter-shapes.ts';
import { UnsupportedModelError } from '../../schema/errors.ts';
import { parseModelJson, type ReadModelFile } from '../weights/model-files.ts';

export const ADAPTER_CONFIG = 'adapter_config.json';
export const ADAPTER_WEIGHTS = 'adapter_model.safetensors';
/** What PEFT puts before the name of a module. */
export const PEFT_PREFIX = 'base_model.model.';

/** Ranks or alphas of some layers, by the ends of their names; the first that fits counts. */
const Pattern = z
  .record(z.string().regex(/^[\w.]+$/, 'is a regular expression; name layers'), z.number().positive())
  .nullish()
  .transform((pattern) => pattern ?? {});

/** What changes the result of an adapter and is computed here; defaults are those of PEFT's `LoraConfig`. */
const PeftConfig = z.object({
  r: z.int().positive().default(8),
  lora_alpha: z.number().default(8),
  lora_dropout: z.number().default(0),
  use_rslora: z.boolean().default(false),
  rank_pattern: Pattern,
  alpha_pattern: Pattern,
});
export type PeftConfig = z.infer<typeof PeftConfig>;

/**
 * Reads what an adapter's folder says of it, in PEFT's format. What PEFT would do and is not done here is refused by name.
 *
 * @throws UnsupportedModelError no adapter, or of a kind that is not computed
 */
export async function readPeftConfig(readFile: ReadModelFile): Promise<PeftConfig> {
  const bytes = await readFile(ADAPTER_CONFIG);
  if (!bytes)
    throw new UnsupportedModelError(`the adapter's folder has no ${ADAPTER_CONFIG}; give a folder as PEFT saves it`);
  const json = parseModelJson(bytes, ADAPTER_CONFIG);
  const faults = findFaults(json);
  if (faults.length > 0) {
    throw new UnsupportedModelError(
      `${ADAPTER_CONFIG} asks for what is not computed here:\n${faults.map((fault) => `  ${fault}`).join('\n')}\n` +
        'merge it in PEFT (merge_and_unload), or train a plain LoRA adapter',
    );
  }
  const parsed = PeftConfig.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new UnsupportedModelError(
    `${ADAPTER_CONFIG} is not of a LoRA adapter that this engine can run:\n${z.prettifyError(parsed.error)}`,
  );
}

/**
 * By what the update of a layer is multiplied.
 *
 * @param module name of the layer in `transformers`
 */
export function scaleOf(config: PeftConfig, module: string): number {
  const rank = rankOf(config, module);
  const alpha = valueFor(config.alpha_pattern, module) ?? config.lora_alpha;
  return alpha / (config.use_rslora ? Math.sqrt(rank) : rank);
}

export const rankOf = (config: PeftConfig, module: string): number => valueFor(config.rank_pattern, module) ?? config.r;

function valueFor(pattern: Readonly<Record<string, number>>, module: string): number | undefined {
  return Object.entries(pattern).find(([end]) => endsWith(module, end))?.[1];
}

/** Settings that change nothing at one of these values, or where they are absent. */
const PLAIN: Readonly<Record<string, readonly unknown[]>> = {
  peft_type: ['LORA'],
  bias: ['none'],
  use_dora: [false],
  lora_bias: [false],
  use_qalora: [false],
  use_bdlora: [false],
  fan_in_fan_out: [false],
  // Others change the base weights: what is saved is the update of those.
  init_lora_weights: [true, false, 'gaussian', 'orthogonal'],
};

/** Settings that change nothing when they are empty; which layers are adapted, the tensors say. */
const EMPTY = [
  'modules_to_save',
  'layer_replication',
  'target_parameters',
  'trainable_token_indices',
  'alora_invocation_tokens',
];

function findFaults(json: Record<string, unknown>): string[] {
  const faults = Object.entries(json).filter(([name, value]) => {
    if (value === null) return name === 'peft_type';
    if (name in PLAIN) return !PLAIN[name].includes(value);
    return (EMPTY.includes(name) || name.endsWith('_config')) && !isEmpty(value);
  });
  const missing = 'peft_type' in json ? [] : ['peft_type is missing'];
  return [...missing, ...faults.map(([name, value]) => `${name}: ${JSON.stringify(value)}`)];
}

const isEmpty = (value: unknown) => typeof value === 'object' && value !== null && Object.keys(value).length === 0;
