import { z } from 'zod';
import { shorten } from '../base/terminal-text.ts';
import { loadBenchmarks } from '../benchmarks/index.ts';
import type { StoredRun } from '../routing/read-diagnosis.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { EVALUATED_POLICIES } from '../schema/evaluated-policies.ts';
import { DIAGNOSIS, iterationName, planPromptsKey, planShardsKey, promptsKey } from '../schema/keys.ts';
import { Prompt } from '../schema/prompt.ts';
import { ShardItem } from '../schema/stage-inputs.ts';
import { readJsonIfPresent, streamRecords } from '../store/records.ts';

/** Whose answers: a rollout's, of an iteration or the diagnosis, or those of policies that were evaluated. */
export type Asked = { kind: 'rollout'; rollout: string } | { kind: 'evaluation'; policies: readonly string[] };

/** A file of prompts that were asked, and what its answers are beside. */
export type AskedFile =
  | { kind: 'rollout'; rollout: string; shard: number; key: string }
  | { kind: 'evaluation'; benchmark: string; policies: readonly string[]; key: string };

const POLICIES = EVALUATED_POLICIES.map(({ name }) => name);

/** What a command line means by `diagnosis`, `3`, `evaluation` or `rise`. Throws `InvalidInputError` on anything else. */
export function parseAsked(text: string, { rl }: StoredRun['config']): Asked {
  if (text === DIAGNOSIS) return { kind: 'rollout', rollout: DIAGNOSIS };
  if (text === 'evaluation') return { kind: 'evaluation', policies: POLICIES };
  if (POLICIES.includes(text)) return { kind: 'evaluation', policies: [text] };
  const iteration = /^\d+$/.test(text) ? Number(text) : 0;
  if (iteration >= 1 && iteration <= rl.iterations) return { kind: 'rollout', rollout: iterationName(iteration - 1) };
  throw new InvalidInputError(
    `--of ${shorten(text)} is none of ${DIAGNOSIS}, an iteration from 1 to ${rl.iterations}, evaluation, ${POLICIES.join(', ')}`,
  );
}

/** Where a prompt is looked for when nothing is said: from what decided its route back to the first iteration. */
export function askedOf({ rl }: StoredRun['config']): Asked[] {
  const iterations = Array.from({ length: rl.iterations }, (_, at) => iterationName(rl.iterations - 1 - at));
  return [
    { kind: 'rollout', rollout: DIAGNOSIS },
    { kind: 'evaluation', policies: POLICIES },
    ...iterations.map((rollout): Asked => ({ kind: 'rollout', rollout })),
  ];
}

/** The files of the prompts that were asked; none of a rollout that is not planned yet. */
export async function listAskedFiles({ store, runId, config }: StoredRun, asked: Asked): Promise<AskedFile[]> {
  if (asked.kind === 'evaluation') {
    const { policies } = asked;
    return loadBenchmarks(config).map(({ name, promptSet }) => {
      return { kind: 'evaluation', benchmark: name, policies, key: promptsKey(runId, promptSet) };
    });
  }
  const { rollout } = asked;
  const shards = await readJsonIfPresent(store, planShardsKey(runId, rollout), z.array(ShardItem));
  return (shards ?? []).map(({ shard }) => {
    return { kind: 'rollout', rollout, shard, key: planPromptsKey(runId, rollout, shard) };
  });
}

/**
 * The prompt of an id, or of the beginning of one, and the first file that it is in. Throws `InvalidInputError` where several
 * begin so; undefined where none does.
 */
export async function findPrompt(
  { store }: StoredRun,
  files: readonly AskedFile[],
  id: string,
): Promise<{ prompt: Prompt; file: AskedFile } | undefined> {
  const begun = new Map<string, { prompt: Prompt; file: AskedFile }>();
  for (const file of files) {
    if (!(await store.exists(file.key))) continue;
    for await (const prompt of streamRecords(store, file.key, Prompt)) {
      if (prompt.promptId === id) return { prompt, file };
      if (prompt.promptId.startsWith(id)) begun.set(prompt.promptId, { prompt, file });
    }
  }
  if (begun.size <= 1) return [...begun.values()][0];
  const some = [...begun.keys()].slice(0, 5).join(', ');
  throw new InvalidInputError(`${begun.size} prompts begin with ${id}: ${some} ...; give more of the id`);
}
