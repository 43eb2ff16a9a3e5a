import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { packageRoot } from '../../src/base/package-root.ts';

const FOLDERS = ['src', 'lambdas', 'containers', 'cdk'];

/**
 * Which rooms a room may import, besides itself. Rooms stand in the order in which data flows, so that imports only point
 * to earlier lines: `base <- schema <- store <- ... <- stages <- launch <- local, aws, forecast <- cli`.
 */
const ALLOWED: Record<string, readonly string[]> = {
  'src/base': [],
  'src/schema': ['src/base'],
  'src/images': ['src/base', 'src/schema'],
  'src/store': ['src/base', 'src/schema'],
  'src/engine': ['src/base', 'src/schema', 'src/images'],
  'src/endpoints': ['src/base', 'src/schema', 'src/store'],
  'src/formats': ['src/base', 'src/schema', 'src/store'],
  'src/tasks': ['src/base', 'src/schema'],
  'src/modules': ['src/base', 'src/schema', 'src/store'],
  'src/rewards': ['src/base', 'src/schema', 'src/store', 'src/endpoints', 'src/modules'],
  'src/datasets': ['src/base', 'src/schema', 'src/images', 'src/store', 'src/endpoints', 'src/rewards'],
  // Of the engine, what a model's sizes follow from, which computes nothing.
  'src/sizing': [
    ...['src/base', 'src/schema', 'src/engine/models/qwen2_5_vl/config.ts'],
    ...['src/engine/models/qwen2_5_vl/weight-shapes.ts', 'src/engine/training/plan-segments.ts'],
  ],
  'src/algorithms': ['src/base', 'src/schema', 'src/engine'],
  'src/experts': ['src/base', 'src/schema', 'src/store', 'src/endpoints', 'src/modules', 'src/rewards'],
  'src/benchmarks': ['src/base', 'src/schema', 'src/store', 'src/rewards'],
  'src/routing': ['src/base', 'src/schema', 'src/store', 'src/rewards', 'src/formats'],
  'src/lineage': ['src/base', 'src/schema', 'src/store', 'src/rewards'],
  // Of the engine, what splits text into tokens, which computes nothing; of the stages, what a run has taken so far.
  'src/report': [
    ...['src/base', 'src/schema', 'src/store', 'src/benchmarks', 'src/stages/read-spending.ts'],
    ...['src/engine/processing/tokenizer.ts', 'src/engine/weights/model-settings.ts', 'src/live/live-data.ts'],
  ],
  // In the browser: of what Node knows, only the types of the data that it is given.
  'src/report/ui': ['src/report/site/report-data.ts', 'src/live/live-data.ts', 'src/schema/live-run.ts'],
  'src/stages': [
    ...[
      'src/base',
      'src/schema',
      'src/store',
      'src/engine',
      'src/rewards',
      'src/endpoints',
      'src/tasks',
      'src/datasets',
    ],
    ...[
      'src/formats',
      'src/algorithms',
      'src/experts',
      'src/benchmarks',
      'src/routing',
      'src/lineage',
      'src/report',
      'src/sizing',
    ],
  ],
  'src/trackers': [
    ...['src/base', 'src/schema', 'src/store', 'src/endpoints', 'src/algorithms', 'src/benchmarks'],
    'src/stages/step-metrics.ts',
  ],
  'src/recorded': [
    ...[
      'src/base',
      'src/schema',
      'src/store',
      'src/rewards',
      'src/datasets',
      'src/experts',
      'src/formats',
      'src/routing',
    ],
  ],
  'src/evaluation': [
    ...['src/base', 'src/schema', 'src/store', 'src/engine', 'src/endpoints', 'src/datasets', 'src/benchmarks'],
    'src/stages',
  ],
  // Algorithms, like the rest of what a config names, for its preflight.
  'src/launch': [
    ...[
      'src/base',
      'src/schema',
      'src/store',
      'src/rewards',
      'src/datasets',
      'src/tasks',
      'src/experts',
      'src/benchmarks',
      'src/routing',
      'src/stages',
      'src/algorithms',
      'src/sizing',
      'src/trackers',
    ],
  ],
  'src/local': [
    ...['src/base', 'src/schema', 'src/store', 'src/launch', 'src/trackers'],
    ...['src/engine/runtime/backend.ts', 'lambdas'],
  ],
  'src/aws': ['src/base', 'src/schema', 'src/store', 'src/launch'],
  'src/forecast': [
    ...['src/base', 'src/schema', 'src/store', 'src/algorithms', 'src/sizing', 'src/stages', 'src/local', 'src/launch'],
  ],
  'src/server': ['src/base', 'src/schema', 'src/images', 'src/engine'],
  // Of what works on a run here, who does.
  'src/catalog': [
    ...['src/base', 'src/schema', 'src/store', 'src/benchmarks', 'src/routing', 'src/evaluation', 'src/launch'],
    'src/local/run-lock.ts',
  ],
  'src/cli': ['src'],
  'src/cli/views': [
    ...[
      'src/base',
      'src/schema',
      'src/datasets',
      'src/lineage',
      'src/routing',
      'src/stages/score',
      'src/recorded',
      'src/catalog',
      'src/local',
    ],
    ...['src/aws', 'src/forecast', 'src/sizing', 'src/rewards/user', 'src/launch/new-project'],
  ],
  lambdas: ['src/base', 'src/schema', 'src/store', 'src/endpoints', 'src/sizing', 'src/stages', 'src/forecast'],
  containers: ['src/base', 'src/schema', 'src/store', 'src/engine', 'src/stages', 'setup'],
  cdk: ['src/base', 'src/schema', 'src/sizing', 'src/local'],

  'src/engine/runtime': ['src/base', 'src/schema'],
  'src/engine/weights': ['src/base', 'src/schema', 'src/engine/runtime'],
  'src/engine/processing': ['src/base', 'src/schema', 'src/images', 'src/engine/weights'],
  'src/engine/models': [
    ...['src/base', 'src/schema', 'src/engine/runtime', 'src/engine/weights', 'src/engine/processing'],
  ],
  'src/engine/adapters': ['src/base', 'src/schema', 'src/engine/runtime', 'src/engine/weights', 'src/engine/models'],
  'src/engine/optim': ['src/base', 'src/schema', 'src/engine/runtime', 'src/engine/weights'],
  'src/engine/generation': [
    ...['src/base', 'src/schema', 'src/engine/runtime', 'src/engine/weights', 'src/engine/processing'],
    'src/engine/models',
  ],
  'src/engine/training': [
    ...['src/base', 'src/schema', 'src/engine/runtime', 'src/engine/weights', 'src/engine/processing'],
    ...['src/engine/models', 'src/engine/adapters', 'src/engine/optim'],
  ],
};
const ENGINE_STAGES = ['rollout', 'train-rl', 'sample-expert', 'train-sft', 'evaluate-iteration', 'evaluate'];

interface Import {
  from: string;
  to: string;
}

const imports = FOLDERS.flatMap((folder) => sourceFiles(join(packageRoot, folder))).flatMap(importsOf);

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
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

/** Chains of imports that come back to where they began. */
function findCircles(): string[][] {
  const targets = new Map(
    [...Map.groupBy(imports, ({ from }) => from)].map(([from, own]) => [from, own.map(({ to }) => to)]),
  );
  const settled = new Set<string>();
  const circles: string[][] = [];
  const follow = (file: string, path: string[]) => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file]);
    else if (!settled.has(file)) for (const target of targets.get(file) ?? []) follow(target, [...path, file]);
    settled.add(file);
  };
  for (const file of targets.keys()) follow(file, []);
  return circles;
}

/** Files of `src` whose text matches. */
function sourcesWith(pattern: RegExp): string[] {
  const files = sourceFiles(join(packageRoot, 'src')).map((file) => relative(packageRoot, file));
  return files.filter((file) => pattern.test(readFileSync(join(packageRoot, file), 'utf8')));
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

  it('has no circle of imports', () => expect(findCircles()).toEqual([]));

  it('knows a model architecture by the registry alone; one may build on another', () => {
    const isArchitecture = (path: string) => /^src\/engine\/models\/[^/]+\//.test(path);
    const strays = imports.filter(({ from, to }) => {
      return isArchitecture(to) && !isArchitecture(from) && !isWithin(from, 'src/sizing');
    });
    expect(strays.filter(({ from }) => from !== 'src/engine/models/registry.ts')).toEqual([]);
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

  it('only base/hash.ts makes hashes', () => {
    expect(sourcesWith(/\bcreateHash\b/)).toEqual(['src/base/hash.ts']);
  });

  it('of what the engine does, stages know its door and how a question is laid out', () => {
    const reaching = sourceFiles(join(packageRoot, 'src/stages')).flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/^import (?!type )[^;]*from '[./]*\/engine\/([^']+)'/gm)].map(
        ([, to]) => to,
      ),
    );
    expect([...new Set(reaching)].sort()).toEqual(['open-engine.ts', 'processing/question-content.ts']);
  });

  it('only entry points read the environment', () => {
    const readers = sourcesWith(/process\.env\b/);
    const isEntryPoint = (file: string) =>
      ['src/cli', 'src/aws', 'src/launch', 'src/local', 'src/engine/runtime/backend.ts'].some((part) =>
        isWithin(file, part),
      );
    expect(readers.filter((file) => !isEntryPoint(file))).toEqual([]);
  });
});
