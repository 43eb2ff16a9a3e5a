/** What a run keeps in the bucket. */
export const STORED_KINDS = [
  'base model',
  'checkpoints',
  'optimizer moments',
  'resume checkpoints',
  'trajectories',
  'scores',
  'prompts and shards',
] as const;
export type StoredKind = (typeof STORED_KINDS)[number];

/** A bucket with versions: what is deleted or expires stays for some days more, and is paid for. */
export const VERSIONS = ['current', 'superseded'] as const;
export type Version = (typeof VERSIONS)[number];

/** Bytes that are there from one second of the run until before another. */
interface Held {
  kind: StoredKind;
  version: Version;
  bytes: number;
  from: number;
  until: number;
}

export const DAY_SECONDS = 86_400;
/** As S3 counts them in prices by the month: 30 days. */
export const MONTH_SECONDS = 30 * DAY_SECONDS;
const GB = 1e9;

/** Keeps account of what lies in the bucket, and when. All times in seconds of the run. */
export function createStorage() {
  const held: Held[] = [];
  return {
    /** Bytes that stay until they are superseded. */
    write(kind: StoredKind, bytes: number, from: number): void {
      held.push({ kind, version: 'current', bytes, from, until: Number.POSITIVE_INFINITY });
    },
    /** Bytes that are deleted by then, and stay so many days more. */
    leave(kind: StoredKind, bytes: number, from: number, days: number): void {
      held.push({ kind, version: 'superseded', bytes, from, until: from + days * DAY_SECONDS });
    },
    /** All of a kind that is current is deleted, and stays so many days more. */
    supersede(kind: StoredKind, at: number, days: number): void {
      for (const each of held.filter((each) => each.kind === kind && each.version === 'current' && each.until > at)) {
        each.until = at;
        held.push({ ...each, version: 'superseded', from: at, until: at + days * DAY_SECONDS });
      }
    },
    /** GB-months of a kind between two times. */
    gbMonths(kind: StoredKind, version: Version, from: number, to: number): number {
      const times = held
        .filter((each) => each.kind === kind && each.version === version)
        .map((each) => each.bytes * Math.max(0, Math.min(each.until, to) - Math.max(each.from, from)));
      return times.reduce((sum, each) => sum + each, 0) / GB / MONTH_SECONDS;
    },
    /** GB of a kind that nothing deletes. */
    lastingGb(kind: StoredKind): number {
      const lasting = held.filter((each) => each.kind === kind && each.until === Number.POSITIVE_INFINITY);
      return lasting.reduce((sum, { bytes }) => sum + bytes, 0) / GB;
    },
  };
}
export type Storage = ReturnType<typeof createStorage>;

/** Of one kind of bytes: GB-months while the run goes on and in the month after it, and GB that stay. */
export interface StoredUse {
  kind: StoredKind;
  version: Version;
  duringRun: number;
  monthAfter: number;
  lastingGb: number;
}

/** What a run that ended at that second has stored, by kind; kinds of which there was nothing are left out. */
export function storedUses(storage: Storage, end: number): StoredUse[] {
  const uses = STORED_KINDS.flatMap((kind) =>
    VERSIONS.map((version) => ({
      kind,
      version,
      duringRun: storage.gbMonths(kind, version, 0, end),
      monthAfter: storage.gbMonths(kind, version, end, end + MONTH_SECONDS),
      lastingGb: version === 'current' ? storage.lastingGb(kind) : 0,
    })),
  );
  return uses.filter(({ duringRun, monthAfter }) => duringRun + monthAfter > 0);
}

/** GB-months in each month from the run's start to the one after its end. */
export function storedByMonth(storage: Storage, end: number): number[] {
  const months = Math.ceil(end / MONTH_SECONDS) + 1;
  return Array.from({ length: months }, (_, month) => {
    const [from, to] = [month * MONTH_SECONDS, (month + 1) * MONTH_SECONDS];
    const uses = STORED_KINDS.flatMap((kind) => VERSIONS.map((version) => storage.gbMonths(kind, version, from, to)));
    return uses.reduce((sum, each) => sum + each, 0);
  });
}
