import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';

const FOLDERS = ['src', 'lambdas', 'containers', 'cdk'];

/** Which parts of the project a part may import, besides itself. */
const ALLOWED: Record<string, readonly string[]> = {
  'src/schema': [],
  'src/store': ['src/schema'],
  'src/engine': ['src/schema', 'src/package-root.ts'],
  'src/rewards': ['src/schema'],
  'src/tasks': ['src/schema'],
  'src/stages': ['src/schema', 'src/store', 'src/engine', 'src/rewards', 'src/tasks'],
  'src/local': ['src/schema', 'src/store', 'src/stages', 'lambdas', 'src/package-root.ts'],
  lambdas: ['src/schema', 'src/store', 'src/stages'],
  containers: ['src/schema', 'src/store', 'src/stages', 'src/engine', 'src/package-root.ts'],
  cdk: ['src/schema', 'src/local', 'src/package-root.ts'],
};
const ENGINE_STAGES = ['rollouts', 'training', 'evaluation'];

interface Import {
  from: string;
  to: string;
}

const imports = FOLDERS.flatMap((folder) => sourceFiles(join(packageRoot, folder))).flatMap(importsOf);

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8');
  const specifiers = [...text.matchAll(/(?:\bfrom|\bimport\(?)\s*['"](\.[^'"]+)['"]/g)].map((match) => match[1]);
  return specifiers.map((specifier) => ({
    from: relative(packageRoot, file),
    to: relative(packageRoot, join(dirname(file), specifier)),
  }));
}

const isWithin = (path: string, part: string) => path === part || path.startsWith(`${part}/`);
/** Name of the stage a file belongs to; none for files that all stages share. */
const stageOf = (path: string) => /^src\/stages\/([^/]+)\//.exec(path)?.[1];

describe('the architecture', () => {
  it('is scanned', () => expect(imports.length).toBeGreaterThan(200));

  it.each(Object.entries(ALLOWED))('%s imports only %j', (part, allowed) => {
    const strays = imports.filter(({ from, to }) => {
      return isWithin(from, part) && ![part, ...allowed].some((target) => isWithin(to, target));
    });
    expect(strays).toEqual([]);
  });

  it('stages never import each other', () => {
    const strays = imports.filter(({ from, to }) => {
      return stageOf(from) !== undefined && stageOf(to) !== undefined && stageOf(from) !== stageOf(to);
    });
    expect(strays).toEqual([]);
  });

  it('of the stages only rollouts, training and evaluation reach the engine', () => {
    const reaching = imports.filter(({ from, to }) => isWithin(from, 'src/stages') && isWithin(to, 'src/engine'));
    const own = reaching.map(({ from }) => stageOf(from)).filter((stage) => stage !== undefined);
    expect(own.filter((stage) => !ENGINE_STAGES.includes(stage))).toEqual([]);

    const sharedFiles = new Set(reaching.map(({ from }) => from).filter((from) => stageOf(from) === undefined));
    const users = imports.filter(({ to }) => sharedFiles.has(to)).map(({ from }) => stageOf(from));
    expect(users.filter((stage) => stage !== undefined && !ENGINE_STAGES.includes(stage))).toEqual([]);
  });

  it('only entry points read the environment', () => {
    const files = sourceFiles(join(packageRoot, 'src')).map((file) => relative(packageRoot, file));
    const readers = files.filter((file) => /process\.env\b/.test(readFileSync(join(packageRoot, file), 'utf8')));
    const isEntryPoint = (file: string) =>
      ['src/cli', 'src/local', 'src/engine/runtime/backend.ts'].some((part) => isWithin(file, part));
    expect(readers.filter((file) => !isEntryPoint(file))).toEqual([]);
  });
});
