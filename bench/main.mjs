/**
 * `npm run bench -- NAME [arguments]` runs bench/NAME.ts; without a name it lists them, each by the first sentence of
 * its docstring. A bench prints tables, and as its last line one JSON object.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = new URL('./', import.meta.url);
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length));
const [name, ...args] = process.argv.slice(2);

if (names.includes(name)) {
  const bench = new URL(`${name}.ts`, folder);
  process.argv = [process.execPath, fileURLToPath(bench), ...args];
  await import(bench.href);
} else {
  if (name !== undefined) console.error(`There is no bench ${name}.`);
  console.log('npm run bench -- NAME [arguments]\n');
  const width = Math.max(...names.map(({ length }) => length)) + 2;
  for (const known of names) console.log(`  ${known.padEnd(width)}${describe(known)}`);
  process.exitCode = name === undefined ? 0 : 2;
}

/** The first sentence. */
function describe(bench) {
  const [, text] = /^\/\*\*([\s\S]*?)\*\//m.exec(readFileSync(new URL(`${bench}.ts`, folder), 'utf8')) ?? ['', ''];
  return text
    .replace(/\s*\n \*\s*/g, ' ')
    .trim()
    .replace(/[.:;](\s[\s\S]*)?$/, '');
}
