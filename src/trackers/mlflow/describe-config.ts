import type { RunConfig } from '../../schema/config/run-config.ts';

/** What servers of every age take of a value. */
const VALUE_CHARACTERS = 500;

/** A run config as MLflow's parameters, each field by its path: `rl.groupSize`. */
export function describeConfig(config: RunConfig): { key: string; value: string }[] {
  return listFields('', config).map(([path, value]) => ({
    key: path.replace(/[^\w./ -]/g, '_').slice(0, 250),
    value: (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, VALUE_CHARACTERS),
  }));
}

function listFields(path: string, value: unknown): [path: string, value: unknown][] {
  if (value === undefined) return [];
  const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isGroup || Object.keys(value).length === 0) return [[path, value]];
  return Object.entries(value).flatMap(([key, field]) => listFields(path === '' ? key : `${path}.${key}`, field));
}
