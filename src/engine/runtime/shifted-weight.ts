import { graphAddon } from './graph-addon.ts';
import type { GraphSession } from './graph-session.ts';
import { type NativeTensor, toNativeTensor } from './native-tensor.ts';
import { nodeBackend } from './node-backend.ts';
import { SessionVariable, type Trace } from './session-variable.ts';

/**
 * A bfloat16 matrix `W [N, K]` whose values begin amid 64 bytes of a mapped file, where TensorFlow takes no tensor, in two
 * parts that it does take. `rows [N, K]` is the file's own memory from `shift` values earlier on, `tail [N, shift]` a copy:
 *
 *     W[n, k] = rows[n, k + shift]   for k < K - shift,      W[n, K - shift + j] = tail[n, j]
 */
export interface ShiftedParts {
  shift: number;
  rows: NativeTensor;
  tail: NativeTensor;
}

/** The parts of a matrix, which the caller lets go; undefined where a session takes it as it is, or copies it in no time. */
export function shiftTensor(matrix: NativeTensor): ShiftedParts | undefined {
  // Its memory is another.
  if (nodeBackend().isUsingGpuDevice) return undefined;
  const parts = graphAddon().shiftTensor(matrix.handle);
  if (!parts) return undefined;
  const [shift, rows, tail] = parts;
  return {
    shift,
    rows: toNativeTensor(rows, 'bfloat16', matrix.shape),
    tail: toNativeTensor(tail, 'bfloat16', [matrix.shape[0], shift]),
  };
}

/** A weight in a session as `ShiftedParts`. What it is read as stands for `rows`; it is never written. */
export class ShiftedVariable extends SessionVariable {
  readonly shift: number;
  readonly tail: SessionVariable;

  /** Takes the parts over. */
  constructor(session: GraphSession, current: { trace?: Trace }, { shift, rows, tail }: ShiftedParts) {
    super(session, current, rows);
    this.shift = shift;
    this.tail = new SessionVariable(session, current, tail);
    for (const part of [rows, tail]) part.release();
  }

  override fetch(): NativeTensor {
    const [rows, tail] = [super.fetch(), this.tail.fetch()];
    const matrix = toNativeTensor(graphAddon().unshiftTensor(rows.handle, tail.handle), 'bfloat16', this.shape);
    for (const part of [rows, tail]) part.release();
    return matrix;
  }
}
