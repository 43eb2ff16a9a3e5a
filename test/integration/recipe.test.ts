import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { runRecipe } from '../../examples/recipe.ts';
import { sha256Of } from '../../src/base/hash.ts';
import { folderModelFiles, type ReadModelFile } from '../../src/engine/weights/model-files.ts';
import { readRunConfig } from '../../src/launch/read-run-config.ts';
import { RunSummary } from '../../src/schema/evaluation.ts';
import { Route } from '../../src/schema/route.ts';
import { SftIndexEntry } from '../../src/schema/sft-example.ts';
import { Trajectory, TrajectoryScore } from '../../src/schema/trajectory.ts';
import { riseRun } from '../support/rise-run.ts';
import { aSmallRunConfig } from '../support/small-run.ts';
import { aTemporaryFolder } from '../support/temporary-folder.ts';

type Recipe = Awaited<ReturnType<typeof runRecipe>>;
type Groups = Recipe['diagnosis'];

const root = aTemporaryFolder();

describe.each([
  ['all weights', '', 'model.safetensors'],
  ['an adapter', 'adapter: { rank: 4, alpha: 8, dropout: 0.1 }', 'adapter_model.safetensors'],
])('the recipe in one process, training %s', (name, policy, weightsFile) => {
  const folder = join(root, name);
  const store = join(folder, 'store');
  let recipe: Recipe;
  let runId: string;

  beforeAll(async () => {
    mkdirSync(folder);
    const file = aSmallRunConfig(folder, policy);
    expect(await riseRun(file, store)).toMatchObject({ code: 0 });
    [runId] = readdirSync(join(store, 'runs'));
    const config = await readRunConfig(file);
    recipe = await runRecipe(config, config.policy.model, () => {});
  });

  /** Records of a file, or of all shards below a folder. */
  function read<T>(schema: z.ZodType<T>, path: string): T[] {
    if (!path.endsWith('.jsonl')) {
      const shards = readdirSync(join(store, path)).sort();
      return shards.flatMap((shard) => read(schema, join(path, shard, 'records.jsonl')));
    }
    const lines = readFileSync(join(store, path), 'utf8').trim().split('\n');
    return lines.map((line) => schema.parse(JSON.parse(line)));
  }

  /** What a run wrote of a rollout, and what the recipe has in its place. */
  function compareRollout(name: string, groups: Groups) {
    const members = groups.flatMap((group) => group.members);
    const stored = read(Trajectory, `trajectories/${runId}/${name}`);
    members.forEach(({ trajectory: { samplingLogprobs } }, at) => {
      // How a run cuts a rollout into shards and batches shows in the last bits.
      const difference = samplingLogprobs.map((logprob, t) => Math.abs(logprob - stored[at].samplingLogprobs[t]));
      expect(Math.max(...difference)).toBeLessThan(1e-5);
    });
    const withoutLogprobs = ({ samplingLogprobs: _, ...trajectory }: Trajectory) => trajectory;
    expect(members.map(({ trajectory }) => withoutLogprobs(trajectory))).toEqual(stored.map(withoutLogprobs));
    expect(members.map(({ score }) => score)).toEqual(read(TrajectoryScore, `runs/${runId}/${name}/scores`));
  }

  async function hashWeights(readFile: ReadModelFile): Promise<string> {
    return sha256Of((await readFile(weightsFile))!);
  }

  it('samples the trajectories of a run, and gives them its rewards', () => {
    compareRollout('iteration-000000', recipe.rollouts[0]);
    compareRollout('diagnosis', recipe.diagnosis);
  });

  it('routes as a run does, and chooses the same examples in the same order', () => {
    expect(recipe.routes).toEqual(read(Route, `runs/${runId}/routes`));
    const index = read(SftIndexEntry, `runs/${runId}/sft-shards/index.jsonl`);
    const inOrder = index.toSorted((left, right) => left.order! - right.order!);
    expect(recipe.examples.map(({ example }) => example.exampleId)).toEqual(inOrder.map(({ exampleId }) => exampleId));
  });

  it.each([
    ['rl', 'iteration-000000/checkpoint'],
    ['rise', 'sft/checkpoint'],
  ] as const)('trains the weights of a run, bit for bit: %s', async (policy, path) => {
    const stored = folderModelFiles(join(store, 'runs', runId, path));
    expect(await hashWeights(recipe.policies[policy].files.read)).toEqual(await hashWeights(stored.read));
  });

  it('measures what a run measures', () => {
    const summary: unknown = JSON.parse(readFileSync(join(store, 'runs', runId, 'summary.json'), 'utf8'));
    expect(recipe.evaluation).toEqual(RunSummary.parse(summary).evaluation);
  });
});
