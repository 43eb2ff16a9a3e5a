import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { findUnscored } from '../routing/find-unscored.ts';
import { MOVED_FIELDS } from '../schema/config/moved-fields.ts';
import { RunConfig } from '../schema/config/run-config.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { findTaskFaults } from '../tasks/index.ts';
import { readYaml } from './read-yaml.ts';

/**
 * Reads a run config from a YAML file. Throws `InvalidInputError` that lists every fault:
 * file and line, the field, its value, what is wrong and what the field means.
 */
export async function readRunConfig(path: string): Promise<RunConfig> {
  return parseRunConfig(await readText(path), path);
}

/** Reads the text of a run config, as `readRunConfig` does its file. */
export const parseRunConfig = (text: string, path: string): RunConfig => parseYaml(text, path, CheckedRunConfig);

/** The run config, with what only the rooms behind a name can tell of it. */
const CheckedRunConfig = RunConfig.superRefine(({ data, diagnosis, rewards }, context) => {
  for (const { name, message } of findUnscored(diagnosis, rewards)) {
    context.addIssue({ code: 'custom', path: ['diagnosis', 'selfDistill', 'minRewards', name], message });
  }
  for (const split of ['train', 'evaluation'] as const) {
    const source = data[split];
    const faults = source.kind === 'tasks' ? findTaskFaults(source) : [];
    for (const { path, message } of faults)
      context.addIssue({ code: 'custom', path: ['data', split, ...path], message });
  }
});

/** Reads the section `rewards` of a file that needs no more; as `readRunConfig`. */
export async function readRewards(path: string): Promise<RunConfig['rewards']> {
  const { rewards } = parseYaml(await readText(path), path, z.looseObject({ rewards: RunConfig.shape.rewards }));
  return rewards;
}

function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: Error) => {
    throw new InvalidInputError(`${path} cannot be read (${cause.message}); give a YAML run config`, { cause });
  });
}

const NO_CONFIG =
  'give a run config, a YAML file such as examples/tiny.yaml; its section data names what to learn from';
/** Names of files that people take for the argument of `rise run`. */
const DATA_FILE = /\.(csv|tsv|jsonl|parquet|arrow|tar|zip|gz|safetensors)$/i;

function parseYaml<T>(text: string, path: string, schema: z.ZodType<T>): T {
  if (DATA_FILE.test(path)) throw new InvalidInputError(`${path} is data; ${NO_CONFIG}`);
  const { value, lineOf } = readYaml(text, path);
  if (value === null) throw new InvalidInputError(`${path}: the config is empty; ${NO_CONFIG}`);
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new InvalidInputError(
      `${path} has no fields: it is a ${Array.isArray(value) ? 'list' : 'text'}; ${NO_CONFIG}`,
    );
  }
  const parsed = schema.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => {
    const line = lineOf(issue.path);
    return `${path}${line === undefined ? '' : `:${line}`}: ${describeIssue(issue, schema)}`;
  });
  throw new InvalidInputError(`${faults.join('\n')}\nCorrect the config and run again.`);
}

function describeIssue(issue: z.core.$ZodIssue, root: z.ZodType): string {
  const field = issue.path.join('.') || 'the config';
  const schema = fieldSchema(issue.path, root);
  if (issue.code === 'unrecognized_keys') {
    const moved = issue.keys.map((key) => [...issue.path, key].join('.')).filter((place) => place in MOVED_FIELDS);
    if (moved.length > 0) return moved.map((place) => `${place} is now ${MOVED_FIELDS[place]}`).join('; ');
    const known = Object.keys(schema?.properties ?? {}).join(', ');
    return `${field} has no field ${issue.keys.join(', ')}; it has ${known}`;
  }
  const meaning = schema?.description ? ` (${field}: ${schema.description})` : '';
  return `${field} is ${describeValue(issue.input)}: ${issue.message}${meaning}`;
}

function describeValue(value: unknown): string {
  if (value === undefined) return 'missing';
  // JSON has no word for NaN and the infinities.
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

interface FieldSchema {
  description?: string;
  properties?: Record<string, FieldSchema>;
}

function fieldSchema(path: readonly PropertyKey[], root: z.ZodType): FieldSchema | undefined {
  const whole = z.toJSONSchema(root, { io: 'input' }) as FieldSchema;
  return path.reduce<FieldSchema | undefined>((schema, key) => schema?.properties?.[String(key)], whole);
}
