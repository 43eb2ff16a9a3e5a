import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { RowTable } from './executor.ts';
import { type GraphOutput, type GraphSession, type HostArray, typeAttribute } from './graph-session.ts';
import { nodeBackend } from './node-backend.ts';
import type { Trace } from './session-variable.ts';

/**
 * A reference variable of a session: its ops share one buffer, where a resource variable that is scattered into copies
 * itself at each read. The order of a trace's writes and reads is their flow of data.
 */
export class SessionRowTable implements RowTable {
  readonly #session: GraphSession;
  readonly #current: { trace?: Trace };
  readonly #shape: readonly [number, number];
  readonly #variable: GraphOutput;
  readonly #placeholder: GraphOutput;
  readonly #assignment: number;
  /** What the last write of a trace gave. */
  readonly #written = new WeakMap<Trace, GraphOutput>();

  constructor(session: GraphSession, current: { trace?: Trace }, shape: readonly [number, number]) {
    this.#session = session;
    this.#current = current;
    this.#shape = shape;
    const { binding } = nodeBackend();
    const sizes = { name: 'shape', type: binding.TF_ATTR_SHAPE, value: shape };
    this.#variable = this.#add('VariableV2', [], [{ ...typeAttribute('float32'), name: 'dtype' }, sizes]);
    this.#placeholder = session.addPlaceholder('float32', shape);
    this.#assignment = session.opCount;
    const mayResize = { name: 'validate_shape', type: binding.TF_ATTR_BOOL, value: false };
    session.addOp('Assign', [this.#variable, this.#placeholder], [typeAttribute('float32'), mayResize]);
  }

  value(): Tensor2D {
    const trace = this.#current.trace!;
    return trace.recording.toTensor(this.#written.get(trace) ?? this.#variable) as Tensor2D;
  }

  scatterRows(rows: Tensor, values: Tensor): void {
    const trace = this.#current.trace!;
    const { outputOf } = trace.recording;
    const table = this.#written.get(trace) ?? this.#variable;
    const attributes = [typeAttribute('float32'), { ...typeAttribute('int32'), name: 'Tindices' }];
    const written = this.#add('ScatterUpdate', [table, outputOf(rows), outputOf(values)], attributes);
    this.#written.set(trace, written);
    trace.writes.push(written.op);
  }

  allocate(): void {
    const [rows, width] = this.#shape;
    this.#assign({ dtype: 'float32', shape: this.#shape, data: new Float32Array(rows * width) });
  }

  release(): void {
    this.#assign({ dtype: 'float32', shape: [0, this.#shape[1]], data: new Float32Array(0) });
  }

  #assign(value: HostArray): void {
    this.#session.run([this.#placeholder], [value], [], [this.#assignment]);
  }

  /** Ops on references pass as numbers: whatever reads them takes the buffer as it is then. */
  #add(op: string, inputs: GraphOutput[], attributes: Parameters<GraphSession['addOp']>[2]): GraphOutput {
    const [output] = this.#session.addOp(op, inputs, attributes);
    return { ...output, dtype: 'float32' };
  }
}
