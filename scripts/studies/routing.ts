/**
 * `node setup/main.mjs scripts/studies/routing.ts [--seeds 1,2,3] [--updates 240] [--store .rise-studies]`: does it matter who
 * teaches? The recipe of `examples/tiny.yaml` with each source of SFT left out, and with none: all go on from the same RL by
 * equally many optimizer steps, so that what differs is what they learn from. RL only takes these steps as more iterations of
 * RL; its row without further updates is the policy that all begin with. Runs that are done are not run again, and one that
 * was stopped goes on. Prints Markdown.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { packageRoot } from '../../src/base/package-root.ts';
import { reportError } from '../../src/cli/report-error.ts';
import { InvalidInputError } from '../../src/schema/errors.ts';
import { EvaluationRecord } from '../../src/schema/evaluation.ts';
import {
  benchmarkPrefix,
  manifestKey,
  recordsKey,
  sftCheckpointPrefix,
  sftShardsPrefix,
} from '../../src/schema/keys.ts';
import { Manifest } from '../../src/schema/manifest.ts';
import { openStore } from '../../src/store/open-store.ts';
import { readJson, readRecords } from '../../src/store/records.ts';
import type { Store } from '../../src/store/store.ts';
import { renderComparison, type VariantResult } from './compare-variants.ts';

const BASE = join(packageRoot, 'examples/tiny.yaml');

/** What of the config a variant sets otherwise, by section. */
type Sections = Record<string, Record<string, unknown>>;

interface Variant {
  name: string;
  id: string;
  changes: Sections;
}

const NO_EXPERT = { expert: { name: 'none' } };
const NO_SELF_DISTILLATION = { diagnosis: { maxKeptPerPrompt: 0 } };

/** The whole recipe comes last: the others are compared with it. */
function listVariants({ rl }: { rl: { iterations: number; stepsPerIteration: number } }, updates: number): Variant[] {
  // Epochs without an end to speak of: the bound ends them.
  const sft = { sft: { epochs: updates, maxSteps: updates } };
  if (updates % rl.stepsPerIteration !== 0) {
    throw new InvalidInputError(
      `--updates ${updates} is no multiple of ${rl.stepsPerIteration}, the steps of an RL iteration`,
    );
  }
  const iterations = rl.iterations + updates / rl.stepsPerIteration;
  return [
    { name: 'RL only', id: 'rl', changes: { rl: { iterations }, ...NO_EXPERT, ...NO_SELF_DISTILLATION } },
    { name: 'RL + self-distilled', id: 'self', changes: { ...sft, ...NO_EXPERT } },
    { name: 'RL + expert', id: 'expert', changes: { ...sft, ...NO_SELF_DISTILLATION } },
    { name: 'RL + both', id: 'both', changes: sft },
  ];
}

function writeConfig(folder: string, { id, changes }: Variant): string {
  const config: Sections = parse(readFileSync(BASE, 'utf8'));
  for (const [section, fields] of Object.entries(changes)) config[section] = { ...config[section], ...fields };
  config.policy.model = resolve(BASE, '..', String(config.policy.model));
  const path = join(folder, `${id}.yaml`);
  writeFileSync(path, stringify(config));
  return path;
}

function run(config: string, runId: string, seed: number, store: string): void {
  process.stderr.write(`${runId}\n`);
  const args = [
    join(packageRoot, 'bin/rise.js'),
    'run',
    config,
    '--run-id',
    runId,
    '--seed',
    String(seed),
    '--store',
    store,
  ];
  const { status } = spawnSync(process.execPath, [...args, '--quiet', '--json'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error(`${runId} ended with ${status}; the same command goes on with it`);
}

const readAnswers = (store: Store, runId: string, policy: 'rl' | 'rise') =>
  readRecords(store, recordsKey(benchmarkPrefix(runId, policy, 'held-out')), EvaluationRecord);

/** A number that a stage's manifest tells. */
async function readCount(store: Store, prefix: string, field: string): Promise<number> {
  const { summary } = await readJson(store, manifestKey(prefix), Manifest);
  return z.number().parse(summary[field]);
}

async function study({
  seeds,
  updates,
  store: folder,
}: {
  seeds: number[];
  updates: number;
  store: string;
}): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const store = openStore(folder);
  const variants = listVariants(parse(readFileSync(BASE, 'utf8')), updates);
  const runIdOf = ({ id }: Variant, seed: number) => `routing-${updates}-${id}-${seed}`;
  const results: VariantResult[] = [];
  for (const variant of variants) {
    const runIds = seeds.map((seed) => runIdOf(variant, seed));
    for (const [at, runId] of runIds.entries()) run(writeConfig(folder, variant), runId, seeds[at], folder);
    const examples = await Promise.all(runIds.map((runId) => readCount(store, sftShardsPrefix(runId), 'examples')));
    const steps = await Promise.all(runIds.map((runId) => readCount(store, sftCheckpointPrefix(runId), 'steps')));
    results.push({
      name: variant.name,
      updates: variant.id === 'rl' ? updates : Math.min(...steps),
      examples,
      answers: await Promise.all(runIds.map((runId) => readAnswers(store, runId, 'rise'))),
    });
  }
  const whole = variants[variants.length - 1];
  const before: VariantResult = {
    name: 'RL, no further updates',
    updates: 0,
    examples: [],
    answers: await Promise.all(seeds.map((seed) => readAnswers(store, runIdOf(whole, seed), 'rl'))),
  };
  return renderComparison([before, ...results], seeds);
}

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1,2,3' },
    updates: { type: 'string', default: '240' },
    store: { type: 'string', default: '.rise-studies' },
  },
});
const Options = z.object({
  seeds: z
    .string()
    .transform((text) => text.split(',').map(Number))
    .pipe(z.array(z.int().nonnegative()).min(1)),
  updates: z.coerce.number().pipe(z.int().positive()),
  store: z.string(),
});
try {
  console.log(await study(Options.parse(values)));
} catch (error) {
  process.exitCode = reportError(error, process.argv);
}
