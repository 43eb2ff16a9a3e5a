import { UnsupportedModelError } from '../../schema/errors.ts';
import { parseModelJson, type ReadModelFile } from './model-files.ts';

/** What loading a model reads besides weights. */
const LOADED_FILES = [
  'config.json',
  'generation_config.json',
  'preprocessor_config.json',
  'processor_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
  'chat_template.jinja',
  'chat_template.json',
  'special_tokens_map.json',
] as const;

/** What only others read: slow tokenizers. */
const OTHER_FILES = ['added_tokens.json', 'vocab.json', 'merges.txt'] as const;

/** All files of a checkpoint but weights. */
export const SETTINGS_FILES: readonly string[] = [...LOADED_FILES, ...OTHER_FILES];

/** Of a LoRA adapter in PEFT's format, which `transformers` applies to the weights beside it. */
const ADAPTER_FILE = 'adapter_config.json';

/** A byte order mark is text, as for `transformers`. */
const TEXT = new TextDecoder('utf-8', { ignoreBOM: true });

export type SettingsFile = (typeof LOADED_FILES)[number];

/** The settings of a checkpoint folder in Hugging Face layout: all that loading reads of it but weights. */
export interface ModelSettings {
  text(name: SettingsFile): string | undefined;
  /** A JSON object, or `undefined` when absent. Throws `UnsupportedModelError` on bad JSON. */
  json(name: SettingsFile): Record<string, unknown> | undefined;
  /** As `json`, for a file no checkpoint can do without. Throws `UnsupportedModelError` when it is absent. */
  requireJson(name: SettingsFile): Record<string, unknown>;
}

/**
 * Reads the settings in one pass, all files at once.
 * Throws `UnsupportedModelError` for a folder with an adapter, whose answers would be those of the weights alone.
 */
export async function readModelSettings(readFile: ReadModelFile): Promise<ModelSettings> {
  if (await readFile(ADAPTER_FILE)) {
    throw new UnsupportedModelError(
      `the model's folder holds a LoRA adapter (${ADAPTER_FILE}), which is not applied; give the folder of the model alone, ` +
        'with `--adapter` for the adapter (rise generate, rise merge), or take the adapter out to use the weights without it',
    );
  }
  const files = await Promise.all(LOADED_FILES.map(async (name) => [name, await readFile(name)] as const));
  const bytesOf = new Map(files);
  const json: ModelSettings['json'] = (name) => {
    const bytes = bytesOf.get(name);
    return bytes && parseModelJson(bytes, name);
  };
  return {
    text: (name) => {
      const bytes = bytesOf.get(name);
      return bytes && TEXT.decode(bytes);
    },
    json,
    requireJson: (name) => {
      const value = json(name);
      if (value) return value;
      throw new UnsupportedModelError(`the checkpoint has no ${name}; give a whole Hugging Face checkpoint folder`);
    },
  };
}

/**
 * The settings that a checkpoint trained from this folder takes over, file by file: as they are, but for the storage type in
 * `config.json`, which is that of its weights now (float32).
 */
export async function* carrySettings(readFile: ReadModelFile): AsyncGenerator<[name: string, bytes: Uint8Array]> {
  for (const name of SETTINGS_FILES) {
    const bytes = await readFile(name);
    if (bytes) yield [name, name === 'config.json' ? asFloat32Config(bytes) : bytes];
  }
}

function asFloat32Config(bytes: Uint8Array): Uint8Array {
  const config = JSON.parse(new TextDecoder().decode(bytes), (key, value) =>
    key === 'dtype' || key === 'torch_dtype' ? 'float32' : value,
  );
  return new TextEncoder().encode(`${JSON.stringify(config, null, 2)}\n`);
}
