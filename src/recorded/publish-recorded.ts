import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LRUCache } from 'lru-cache';
import { keepHeapSmall } from '../base/keep-heap-small.ts';
import { isLeftover, nameForProcess } from '../base/process-mark.ts';
import { packSamples } from '../formats/pack-samples.ts';
import type { Selection } from '../routing/select-examples.ts';
import { SelfDistillConfig } from '../schema/config/diagnosis.ts';
import type { WithoutExample } from '../schema/expert-answer.ts';
import { sftShardName } from '../schema/keys.ts';
import type { SourceCounts } from '../schema/sft-example.ts';
import { createCheckedStore } from '../store/checked-store.ts';
import { freeBuffers } from '../store/free-buffers.ts';
import { createLocalStore } from '../store/local-store.ts';
import { openRecordWriter } from '../store/record-writer.ts';
import { createDecisionLog } from './decision-log.ts';
import { createExampleSpool } from './example-spool.ts';
import { RECORDED_FILES } from './recorded-files.ts';
import { selectRecorded } from './select-recorded.ts';

/** Folders, and how shards are made of what is in them. */
export interface PublishOptions extends Omit<Selection, 'runId' | 'rules'> {
  /** Those of a run whose config names none when absent. */
  rules?: SelfDistillConfig;
  scores: string;
  /** That of the scores when absent. */
  routes?: string;
  out: string;
  examplesPerShard: number;
}

/** How many examples there are, and of how many prompts there is none where it takes one. */
export interface PublishedExamples extends SourceCounts {
  /** Absent where each has one. */
  withoutExample?: WithoutExample;
}

/**
 * Writes the SFT examples that recorded responses give, those of prompts with a worked solution nobody found, and the decision
 * log, a line for each prompt. Responses stream by, in any order, best those to a prompt together; what memory should not hold waits in a folder of the output.
 */
export async function publishRecorded(options: PublishOptions): Promise<PublishedExamples> {
  keepHeapSmall();
  const { scores, routes = scores, out, seed, rules = SelfDistillConfig.parse({}), examplesPerShard } = options;
  const counts: SourceCounts = { selfDistill: 0, expert: 0 };
  const scratch = makeScratch(out);
  const spool = createExampleSpool(join(scratch, 'examples.jsonl'));
  const log = createDecisionLog(join(scratch, 'decisions.jsonl'));
  try {
    const withoutExample = await selectRecorded(
      { scores, routes, scratch },
      { ...options, rules, runId: 'recorded' },
      {
        onExample(route, example) {
          counts[example.example.source === 'expert' ? 'expert' : 'selfDistill'] += 1;
          spool.add(route, example);
        },
        onDecision: log.add,
      },
    );
    const source = spool.open(seed, createImageReader(scores));
    const target = createLocalStore(out);
    const index = openRecordWriter(target, RECORDED_FILES.shardIndex);
    const written = new Set<string>();
    for (const tar of packSamples(source, { samplesPerTar: examplesPerShard, nameOf: sftShardName })) {
      await target.writeStream(tar.name, freeBuffers(tar.content));
      for (const entry of tar.index) await index.write(`${JSON.stringify(entry)}\n`);
      written.add(tar.name);
    }
    await index.end();
    await log.writeTo(target);
    const outdated = (await target.list('sft-')).filter((name) => SHARD_NAME.test(name) && !written.has(name));
    for (const name of outdated) await target.delete(name);
    const isWhole = Object.values(withoutExample).every((count) => count === 0);
    return { ...counts, ...(!isWhole && { withoutExample }) };
  } finally {
    spool.close();
    log.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}

const SCRATCH = '.shards-';

/** A folder for this process; those of processes that were killed go. */
function makeScratch(out: string): string {
  mkdirSync(out, { recursive: true });
  const leftovers = readdirSync(out).filter(
    (name) => name.startsWith(SCRATCH) && isLeftover(name.slice(SCRATCH.length)),
  );
  for (const name of leftovers) rmSync(join(out, name), { recursive: true, force: true });
  return mkdtempSync(join(out, `${SCRATCH}${nameForProcess('')}`));
}

const SHARD_NAME = /^sft-\d{5,}-of-\d{5,}\.tar$/;

/** Bytes of images that are kept: prompts may share them. */
const KEPT_BYTES = 2 ** 24;

function createImageReader(folder: string): (keys: string[]) => Promise<Buffer[]> {
  const store = createCheckedStore(createLocalStore(folder), []);
  const kept = new LRUCache<string, Buffer>({ maxSize: KEPT_BYTES, sizeCalculation: (image) => 1 + image.length });
  return (keys) =>
    Promise.all(
      keys.map(async (key) => {
        const image = kept.get(key) ?? (await store.read(key));
        kept.set(key, image);
        return image;
      }),
    );
}
