import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { z } from 'zod';
import { packageRoot } from '../../../src/base/package-root.ts';

const folder = join(packageRoot, 'src/schema');
const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));

/** The example in the docstring of an exported constant, as JSON would give it back. */
function readExample(text: string, name: string): unknown {
  const docstring = new RegExp(`/\\*\\*((?:(?!\\*/)[^])*)\\*/\\nexport const ${name}\\b`).exec(text)?.[1] ?? '';
  const [, example] = docstring.replace(/^ \* ?/gm, '').split('@example ');
  return example === undefined ? undefined : JSON.parse(runInNewContext(`JSON.stringify(${example.trim()})`));
}

const records = files.flatMap((file) => {
  const text = readFileSync(join(folder, file), 'utf8');
  const members = Object.entries<unknown>(require(join(folder, file)));
  return members.flatMap(([name, schema]) =>
    schema instanceof z.ZodType ? [{ name, schema, example: readExample(text, name) }] : [],
  );
});

describe('the records', () => {
  it('are found', () => expect(records.length).toBeGreaterThan(30));

  it.each(records)('$name has an example, which is one', ({ schema, example }) => {
    expect(schema.parse(example)).toEqual(example);
  });
});
