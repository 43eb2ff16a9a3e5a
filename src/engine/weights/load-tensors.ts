import { mapBounded } from '../../base/bounded.ts';
import { CorruptRecordError } from '../../schema/errors.ts';
import { createNativeTensor, type MapTensor, mapTensorFile, type NativeTensor } from '../runtime/native-tensor.ts';
import type { ModelFile } from './model-files.ts';
import { BYTES_PER_VALUE, type StoredTensor } from './safetensors-header.ts';

/** Called as values arrive, with the bytes that did and those of all. */
export type OnLoaded = (loadedBytes: number, totalBytes: number) => void;

/** Of one request to a store: long enough that its first byte's wait does not count. */
const RANGE_BYTES = 32 * 2 ** 20;
/** One connection to S3 carries some 90 MB a second. */
const CONNECTIONS = 8;

/**
 * Brings tensors into native memory, each straight to its place: files of this machine are mapped, and read when a tensor is
 * first used; others come over several connections, and are verified when all are there. bfloat16 and float32 stay what they are, float16 becomes float32.
 *
 * @throws CorruptRecordError a file that holds less than its header says
 */
export async function loadTensors(
  stored: ReadonlyMap<string, StoredTensor>,
  onLoaded: OnLoaded = () => {},
): Promise<Map<string, NativeTensor>> {
  const entries = [...stored];
  const isHere = ([, { file }]: [string, StoredTensor]) => file.path !== undefined;
  const here = mapTensors(entries.filter(isHere));
  const received = await receiveTensors(
    entries.filter((entry) => !isHere(entry)),
    onLoaded,
  );
  return new Map(entries.map(([name]) => [name, here.get(name) ?? received.get(name)!]));
}

function mapTensors(stored: readonly [string, StoredTensor][]): Map<string, NativeTensor> {
  const files = new Map<ModelFile, MapTensor>();
  const map = (name: string, { file, position, dtype, shape }: StoredTensor) => {
    try {
      const mapTensor = files.get(file) ?? mapTensorFile(file.path!, file.bytes);
      files.set(file, mapTensor);
      return mapTensor(position, dtype, shape);
    } catch (cause) {
      const reason = (cause as Error).message;
      throw new CorruptRecordError(
        `${file.name}: ${name} cannot be read (${reason}); download or save the file again`,
        {
          cause,
        },
      );
    }
  };
  return new Map(stored.map(([name, tensor]) => [name, map(name, tensor)]));
}

async function receiveTensors(
  stored: readonly [string, StoredTensor][],
  onLoaded: OnLoaded,
): Promise<Map<string, NativeTensor>> {
  const loads = stored.map(([name, from]): Load => {
    const to = createNativeTensor(from.dtype === 'bfloat16' ? 'bfloat16' : 'float32', from.shape);
    return { name, from, to };
  });
  const total = loads.reduce((sum, { from }) => sum + from.bytes, 0);
  let loaded = 0;
  const note = (bytes: number) => {
    loaded += bytes;
    onLoaded(loaded, total);
  };
  try {
    await mapBounded(joinRanges(loads.flatMap(cutRanges)), CONNECTIONS, (run) => receiveRun(run, note));
    for (const file of new Set(loads.map(({ from }) => from.file))) await file.verify?.();
  } catch (error) {
    for (const { to } of loads) to.release();
    throw error;
  }
  return new Map(loads.map(({ name, to }) => [name, to]));
}

interface Load {
  name: string;
  from: StoredTensor;
  to: NativeTensor;
}

function byPlace({ from: a }: Load, { from: b }: Load): number {
  if (a.file.name !== b.file.name) return a.file.name < b.file.name ? -1 : 1;
  return a.position - b.position;
}

/** Some of a tensor's values, as bytes of its file. */
interface Range extends Load {
  start: number;
  end: number;
}

function cutRanges(load: Load): Range[] {
  const { position, bytes } = load.from;
  return Array.from({ length: Math.ceil(bytes / RANGE_BYTES) }, (_, at) => {
    const start = position + at * RANGE_BYTES;
    return { ...load, start, end: Math.min(start + RANGE_BYTES, position + bytes) };
  });
}

/** Small neighbours come by one request. */
function joinRanges(ranges: readonly Range[]): Range[][] {
  const runs: Range[][] = [];
  for (const range of ranges.toSorted((a, b) => byPlace(a, b) || a.start - b.start)) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    const isNext = last?.from.file === range.from.file && last.end === range.start;
    if (run && isNext && range.end - run[0].start <= RANGE_BYTES) run.push(range);
    else runs.push([range]);
  }
  return runs;
}

async function receiveRun(run: readonly Range[], note: (bytes: number) => void): Promise<void> {
  const { file } = run[0].from;
  let filler = createFiller(run[0]);
  let at = 0;
  for await (const chunk of file.read(run[0].start, run.at(-1)!.end)) {
    note(chunk.byteLength);
    for (let rest = filler.take(chunk); rest.byteLength > 0; rest = filler.take(rest)) filler = createFiller(run[++at]);
  }
  if (at === run.length - 1 && filler.isFull()) return;
  throw new CorruptRecordError(`${file.name}: ${run[at].name} ends too early; download or save the file again`);
}

/** Fills a range with chunks that may end amid a value; gives what is not the range's own. */
function createFiller({ from, to, start, end }: Range) {
  const width = BYTES_PER_VALUE[from.dtype];
  let next = start;
  let split: Uint8Array = new Uint8Array(0);
  return {
    take(chunk: Uint8Array): Uint8Array {
      const own = chunk.subarray(0, end - next - split.byteLength);
      const bytes = split.byteLength > 0 ? Buffer.concat([split, own]) : own;
      const whole = bytes.byteLength - (bytes.byteLength % width);
      to.fill((next - from.position) / width, from.dtype, bytes.subarray(0, whole));
      next += whole;
      split = bytes.subarray(whole);
      return chunk.subarray(own.byteLength);
    },
    isFull: () => next === end,
  };
}
