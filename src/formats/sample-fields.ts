/** JSON as a sample holds it. */
export type JsonRecord = { [field: string]: unknown };

const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The fields by which a reader learns the types of a record: paths of everything in it that is not empty, `prompt.tier`, or
 * `prompt.options[]` of a list with elements.
 */
export function listFields(value: unknown): string[] {
  const fields: string[] = [];
  addFields(fields, value, '');
  return fields;
}

function addFields(fields: string[], value: unknown, path: string): void {
  if (value === null || value === undefined) return;
  if (typeof value !== 'object') fields.push(path);
  else if (Array.isArray(value)) {
    if (value.length > 0) addFields(fields, value[0], `${path}[]`);
  } else {
    for (const key in value) addFields(fields, (value as JsonRecord)[key], path === '' ? key : `${path}.${key}`);
  }
}

/** Gives a record what another has and it lacks, as empty values of the same types. Returns the paths of what was added. */
export function addBlanks(record: JsonRecord, other: JsonRecord, path = ''): string[] {
  return Object.keys(other).flatMap((key) => {
    const place = path === '' ? key : `${path}.${key}`;
    const [own, others] = [record[key], other[key]];
    if (others === null || others === undefined) return [];
    if (own === null || own === undefined) {
      record[key] = blankOf(others);
      return [place];
    }
    if (Array.isArray(own) && Array.isArray(others)) {
      if (own.length > 0 || others.length === 0) return [];
      own.push(blankOf(others[0]));
      return [`${place}[]`];
    }
    return isRecord(own) && isRecord(others) ? addBlanks(own, others, place) : [];
  });
}

/** Takes out again what `addBlanks` put in. */
export function dropBlanks(record: JsonRecord, paths: readonly string[]): void {
  for (const path of paths) {
    const keys = path.split('.');
    const last = keys.pop()!;
    const parent = keys.reduce<unknown>((value, key) => (isRecord(value) ? value[key] : undefined), record);
    if (!isRecord(parent)) continue;
    if (last.endsWith('[]')) parent[last.slice(0, -2)] = [];
    else delete parent[last];
  }
}

function blankOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(blankOf);
  if (isRecord(value)) return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, blankOf(each)]));
  if (typeof value === 'string') return '';
  return typeof value === 'number' ? 0 : false;
}

/** Numbers that may have a fraction: JSON would write a whole one as an integer, and readers go by the first they see. */
const FRACTIONS = /("(?:passRate|value|weight|dollars)":-?\d+)(?=[,}])/g;

/** A record as one line of JSON in which a field's numbers are all of one type: `1.0` where others have fractions. */
export const encodeRecord = (record: object): string => `${JSON.stringify(record).replace(FRACTIONS, '$1.0')}\n`;
