/**
 * The scoring Lambda on a stored shard, by the rules of the default config: trajectories per CPU second, beside its target.
 *
 *     npm run bench -- score [--responses R.jsonl --prompts P.jsonl]
 *
 * Reading, parsing, grading and writing count, the garbage collector too. Responses are the MATH-Vision ones where they are
 * at hand, else the golden cases, each preceded by as much of the others as its length asks for.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { handler } from '../lambdas/score/handler.ts';
import { packageRoot } from '../src/base/package-root.ts';
import { createRandom } from '../src/base/random.ts';
import {
  configKey,
  DIAGNOSIS,
  planPrefix,
  planPromptsKey,
  recordsKey,
  trajectoriesPrefix,
} from '../src/schema/keys.ts';
import { shortenFloat32 } from '../src/stages/rollout/shorten-float32.ts';
import { createLocalStore } from '../src/store/local-store.ts';
import { encodeRecords } from '../src/store/records.ts';
import { aPrompt, aRunConfig, aTrajectory } from '../test/support/factories.ts';
import { finishWork } from '../test/support/finished-work.ts';
import { type BenchCase, printCases } from './support/report.ts';

const TARGET = 5000;
const PROMPTS = 500;
const GROUP_SIZE = 8;
const CHARACTERS_PER_TOKEN = 3.5;
const VOCABULARY = 151_936;
const run = { runId: 'bench', configKey: configKey('bench'), rollout: DIAGNOSIS, shardCount: 1 };

const mathVision = join(packageRoot, '../shared/data/mathvision');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    score: { type: 'string' },
    prompts: { type: 'string', default: join(mathVision, 'testmini.jsonl') },
    responses: { type: 'string', default: join(mathVision, 'responses/testmini.responses.jsonl') },
  },
});

interface Answer {
  gold: string;
  options?: string[];
  text: string;
}

const answers = sample(existsSync(values.responses) ? readResponses() : readGoldenCases());
const folder = values.score ?? mkdtempSync(join(tmpdir(), 'rise-bench-'));
const store = createLocalStore(folder);
process.env.RISE_STORE = folder;
if (values.score) {
  await scoreShards(positionals);
} else {
  try {
    const cases: BenchCase[] = [];
    for (const tokens of [100, 250, 1000]) cases.push(await measure(tokens, cases.length));
    printCases('score', cases);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readLines(file: string) {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function readResponses(): Answer[] {
  const prompts = new Map(readLines(values.prompts).map((prompt) => [prompt.id, prompt]));
  return readLines(values.responses).map(({ promptId, response }) => {
    const { answer, options } = prompts.get(promptId.slice(promptId.indexOf('-') + 1));
    return { gold: answer, options, text: response };
  });
}

function readGoldenCases(): Answer[] {
  const cases = readLines(join(packageRoot, 'test/fixtures/grading/golden.jsonl'));
  return cases.map(({ gold, options, answer }) => ({ gold, options, text: answer }));
}

/** Evenly spread. */
function sample(all: Answer[]): Answer[] {
  return Array.from({ length: PROMPTS }, (_, index) => all[Math.floor((index * all.length) / PROMPTS)]);
}

/** The second shard counts: the first warms the compiler. A process of its own has no garbage but the Lambda's. */
async function measure(tokens: number, index: number): Promise<BenchCase> {
  const shards = [2 * index, 2 * index + 1];
  for (const shard of shards) await writeShard(shard, tokens);
  const printed = execFileSync(process.execPath, [process.argv[1], '--score', folder, ...shards.map(String)], {
    encoding: 'utf8',
  });
  const { trajectories, seconds } = JSON.parse(printed);
  const { size } = statSync(join(folder, recordsKey(trajectoriesPrefix(run.runId, DIAGNOSIS, shards[1]))));
  console.log(`${trajectories} trajectories of about ${tokens} tokens, ${(size / 1e6).toFixed(1)} MB`);
  const ours = trajectories / seconds;
  return { model: `${tokens} tokens`, ratio: ours / TARGET, ours, theirs: TARGET, unit: 'trajectories per CPU second' };
}

async function scoreShards(shards: string[]): Promise<void> {
  let result = {};
  for (const shard of shards) {
    const started = process.cpuUsage();
    const { trajectories } = await handler({ ...run, shard: Number(shard) });
    const { user, system } = process.cpuUsage(started);
    result = { trajectories, seconds: (user + system) / 1e6 };
  }
  console.log(JSON.stringify(result));
}

async function writeShard(shard: number, tokens: number): Promise<void> {
  const random = createRandom(shard);
  const rl = { iterations: 0, promptsPerIteration: 1, groupSize: GROUP_SIZE, optimizer: { learningRate: 1 } };
  const diagnosis = { trajectoriesPerPrompt: GROUP_SIZE };
  await store.write(run.configKey, JSON.stringify(aRunConfig({ rl, diagnosis })));
  const prompts = answers.map(({ gold, options }, index) =>
    aPrompt({ promptId: `prompt-${index}`, groundTruth: gold, options: options?.length ? options : undefined }),
  );
  const trajectories = prompts.flatMap(({ promptId }, index) =>
    Array.from({ length: GROUP_SIZE }, (_, trajectoryIndex) => {
      const length = Math.round(tokens * (0.5 + random.next()));
      return aTrajectory({
        promptId,
        trajectoryIndex,
        tokenIds: Array.from({ length }, () => random.int(VOCABULARY)),
        samplingLogprobs: Array.from({ length }, () => shortenFloat32(Math.log(random.next() || 1))),
        text: lengthen(index, length * CHARACTERS_PER_TOKEN),
      });
    }),
  );
  await store.write(planPromptsKey(run.runId, DIAGNOSIS, shard), encodeRecords(prompts));
  await store.write(recordsKey(trajectoriesPrefix(run.runId, DIAGNOSIS, shard)), encodeRecords(trajectories));
  await finishWork(store, planPrefix(run.runId, DIAGNOSIS), trajectoriesPrefix(run.runId, DIAGNOSIS, shard));
}

/** An answer behind others' reasoning, about so many characters long. */
function lengthen(index: number, characters: number): string {
  let text = answers[index].text;
  for (let other = index + 1; text.length < characters; other += 1) {
    text = `${answers[other % answers.length].text.slice(0, characters - text.length)}\n${text}`;
  }
  return text;
}
