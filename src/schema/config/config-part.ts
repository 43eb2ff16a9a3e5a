import type { RunConfig } from './run-config.ts';

type FieldOf<T> = T extends object ? Extract<keyof T, string> : never;
type PathOf<K extends string, T> =
  | K
  | { [F in FieldOf<T>]: `${K}.${F}` | `${K}.${F}.${FieldOf<NonNullable<T[F & keyof T]>>}` }[FieldOf<T>];
/** A section of a run config, a field of one, or of that: `policy`, `rl.groupSize`; any name below `rewards`. */
export type ConfigPath = { [K in keyof RunConfig]-?: PathOf<K, NonNullable<RunConfig[K]>> }[keyof RunConfig];

type HeadOf<P extends string> = P extends `${infer Head}.${string}` ? Head : P;
type RestOf<P extends string, K> = P extends `${infer Head}.${infer Rest}` ? (Head extends K ? Rest : never) : never;
type Part<T, P extends string> = {
  [K in keyof Pick<T, HeadOf<P> & keyof T>]: K extends P
    ? T[K]
    : Part<NonNullable<T[K]>, RestOf<P, K>> | Extract<T[K], undefined>;
};
/** What of a run config lies at some paths, and no more of it. */
export type ConfigPart<P extends ConfigPath> = Part<RunConfig, P>;

/** The value at each path, by path: undefined where the config leaves it out. */
export function valuesAt(config: RunConfig, paths: readonly ConfigPath[]): Record<string, unknown> {
  return Object.fromEntries(
    paths.toSorted().map((path) => {
      const value = path.split('.').reduce<unknown>((part, key) => (part as Record<string, unknown>)?.[key], config);
      return [path, value];
    }),
  );
}

/**
 * The config with no more in it than lies at these paths. Whoever reads another field of it, from code that the compiler does
 * not see through, fails by name.
 *
 * @param reader who is to read no more
 */
export function restrictConfig<P extends ConfigPath>(
  config: RunConfig,
  paths: readonly P[],
  reader: string,
): ConfigPart<P> {
  return restrict(config, paths, reader, '') as ConfigPart<P>;
}

function restrict(value: object, paths: readonly string[], reader: string, place: string): object {
  const part = {};
  for (const [key, field] of Object.entries(value)) {
    const below = paths.flatMap((path) => (path.startsWith(`${key}.`) ? [path.slice(key.length + 1)] : []));
    const refuse = () => {
      throw new Error(`${reader} reads ${place}${key} of the config, which its line in src/schema/stages.ts lacks`);
    };
    const isWhole = paths.includes(key);
    if (!isWhole && below.length === 0) Object.defineProperty(part, key, { get: refuse });
    else {
      const own = isWhole || typeof field !== 'object' ? field : restrict(field, below, reader, `${place}${key}.`);
      Object.assign(part, { [key]: own });
    }
  }
  return part;
}
