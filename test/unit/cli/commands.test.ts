import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { Command } from 'commander';
import { packageRoot } from '../../../src/base/package-root.ts';

const FOLDER = 'src/cli/commands';
/** What the command line may load before it has parsed: itself, and files that import nothing in turn. */
const LIGHT = [
  /^src\/cli\//,
  /^src\/base\/(package-root|system-error|terminal-text)\.ts$/,
  /^src\/schema\/errors\.ts$/,
  /^src\/aws\/download-kinds\.ts$/,
];
const LIGHT_PACKAGES = /^(node:.*|commander)$/;

/** Everything that a module loads as soon as it is loaded: its imports, but for those of types, and theirs. */
function loadedBy(path: string, loaded = new Set<string>()): Set<string> {
  if (loaded.has(path)) return loaded;
  loaded.add(path);
  const text = readFileSync(join(packageRoot, path), 'utf8');
  for (const [, type, specifier] of text.matchAll(/^(?:import|export) (type )?(?:[^'";]* from )?'([^']+)';$/gm)) {
    if (type) continue;
    if (specifier.startsWith('.')) loadedBy(relative(packageRoot, join(packageRoot, dirname(path), specifier)), loaded);
    else loaded.add(specifier);
  }
  return loaded;
}

/** Of what a module loads, what takes time. */
const heavyIn = (path: string) =>
  [...loadedBy(path)].filter((name) => !LIGHT_PACKAGES.test(name) && !LIGHT.some((light) => light.test(name)));

const files = readdirSync(join(packageRoot, FOLDER));

describe('the files of the commands', () => {
  it.each(files)('%s loads nothing heavy before its action', (file) => {
    expect(heavyIn(`${FOLDER}/${file}`)).toEqual([]);
  });

  it.each(files)('%s registers the command of its name, and only that', async (file) => {
    const program = new Command();
    const { register } = await import(join(packageRoot, FOLDER, file));
    register(program);
    expect(program.commands.map((command) => command.name())).toEqual([file.replace('.ts', '')]);
  });

  it.each(files)('%s prints nothing that a terminal would obey', (file) => {
    expect(readFileSync(join(packageRoot, FOLDER, file), 'utf8')).not.toMatch(/console\.log/);
  });

  it('are all in the table of the command line, which loads nothing heavy either', () => {
    const main = readFileSync(join(packageRoot, 'src/cli/main.ts'), 'utf8');
    const table = [...main.matchAll(/^ {2}'?([\w-]+)'?: \(\) => import\('\.\/commands\/([\w-]+)\.ts'\),$/gm)];
    expect(table.map(([, name]) => `${name}.ts`).toSorted()).toEqual(files.toSorted());
    expect(table.filter(([, name, file]) => name !== file)).toEqual([]);
    expect(heavyIn('src/cli/main.ts')).toEqual([]);
  });
});
