import { hashJson } from '../../base/hash.ts';
import type { ActiveReward } from '../../rewards/index.ts';
import { scoreJournalKey, scoreJournalPrefix } from '../../schema/keys.ts';
import { type Trajectory, TrajectoryScore } from '../../schema/trajectory.ts';
import { encodeRecords, readRecords } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';

const RECORDS_PER_PART = 1000;

/** Scores of a shard under way, kept on the store so that a retry goes on from them. */
export interface ScoreJournal {
  /** The score of an attempt before, by the same rewards. */
  find(trajectory: Pick<Trajectory, 'promptId' | 'trajectoryIndex'>): TrajectoryScore | undefined;
  /** Notes a score, and writes a part when enough have come together. */
  add(score: TrajectoryScore): Promise<void>;
  /** Writes what is noted, and returns when all of it is kept. */
  flush(): Promise<void>;
}

/** The journal of the folder that the shard's scores will be in; one of other versions or weights is left aside. */
export async function openScoreJournal(
  store: Store,
  prefix: string,
  rewards: readonly ActiveReward[],
): Promise<ScoreJournal> {
  const identity = rewards.map(({ name, version, weight }) => [name, version, weight]);
  const hash = hashJson(identity, 8);
  const written = await store.list(scoreJournalPrefix(prefix, hash));
  const known = new Map<string, TrajectoryScore>();
  for (const key of written) {
    for (const score of await readRecords(store, key, TrajectoryScore)) known.set(nameOf(score), score);
  }
  let parts = written.length;
  let pending: TrajectoryScore[] = [];
  /** Of all parts so far: scores come from many calls at once, and the last to flush waits for what others began. */
  let writes: Promise<unknown> = Promise.resolve();
  const flush = async () => {
    if (pending.length > 0) {
      const records = encodeRecords(pending);
      pending = [];
      writes = Promise.all([writes, store.write(scoreJournalKey(prefix, hash, parts), records)]);
      parts += 1;
    }
    await writes;
  };
  return {
    find: (trajectory) => known.get(nameOf(trajectory)),
    add: async (score) => {
      pending.push(score);
      if (pending.length >= RECORDS_PER_PART) await flush();
    },
    flush,
  };
}

const nameOf = ({ promptId, trajectoryIndex }: Pick<Trajectory, 'promptId' | 'trajectoryIndex'>) =>
  `${trajectoryIndex} ${promptId}`;
