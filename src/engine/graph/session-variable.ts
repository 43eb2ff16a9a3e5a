import type { DataType, Tensor } from '@tensorflow/tfjs-core';
import { UnsupportedModelError } from '../../schema/errors.ts';
import type { StateVariable } from './executor.ts';
import { type GraphOutput, type GraphSession, type HostArray, typeAttribute } from './graph-session.ts';
import { nodeBackend } from './node-backend.ts';
import type { Recording } from './record-ops.ts';

/** A function that is being recorded, and what it did to variables so far. */
export interface Trace {
  recording: Recording;
  accesses: Map<SessionVariable, Accesses>;
  /** Ops that run whether or not anything reads their outputs. */
  writes: number[];
}

/** Of one variable in one trace. */
interface Accesses {
  lastWrite?: number;
  /** Since then. */
  reads: number[];
  /** The last read, until the next write. */
  value?: GraphOutput;
  tensor?: Tensor;
}

/** A resource variable of a session. Control edges keep the reads and writes of a trace in the order they were recorded. */
export class SessionVariable implements StateVariable {
  readonly shape: readonly number[];
  readonly #dtype: DataType;
  readonly #session: GraphSession;
  readonly #current: { trace?: Trace };
  readonly #handle: GraphOutput;
  #outsideRead?: GraphOutput;

  constructor(session: GraphSession, current: { trace?: Trace }, initial: HostArray) {
    this.#session = session;
    this.#current = current;
    this.#dtype = initial.dtype;
    this.shape = initial.shape;
    const { binding } = nodeBackend();
    [this.#handle] = session.addOp(
      'VarHandleOp',
      [],
      [
        this.#typeAttribute,
        { name: 'shape', type: binding.TF_ATTR_SHAPE, value: initial.shape },
        { name: 'shared_name', type: binding.TF_ATTR_STRING, value: `variable${session.opCount}` },
      ],
    );
    const value = session.addPlaceholder(initial.dtype, initial.shape);
    const assign = session.opCount;
    session.addOp('AssignVariableOp', [this.#handle, value], [this.#typeAttribute]);
    session.run([value], [initial], [], [assign]);
  }

  value(): Tensor {
    const { recording } = this.#trace;
    const value = this.readOutput();
    const accesses = this.#accesses;
    accesses.tensor ??= recording.toTensor(value);
    return accesses.tensor;
  }

  /** The value as the running trace has left it. */
  readOutput(): GraphOutput {
    const accesses = this.#accesses;
    if (!accesses.value) {
      const controls = accesses.lastWrite === undefined ? [] : [accesses.lastWrite];
      accesses.value = this.#addRead(controls);
      accesses.reads.push(accesses.value.op);
    }
    return accesses.value;
  }

  assign(value: Tensor): void {
    this.#write('AssignVariableOp', [value], [this.#typeAttribute]);
  }

  assignAdd(value: Tensor): void {
    this.#write('AssignAddVariableOp', [value], [this.#typeAttribute]);
  }

  scatterRows(rows: Tensor, values: Tensor): void {
    const indexType = { ...typeAttribute('int32'), name: 'Tindices' };
    this.#write('ResourceScatterUpdate', [rows, values], [this.#typeAttribute, indexType]);
  }

  read(): HostArray {
    this.#outsideRead ??= this.#addRead([]);
    return this.#session.run([], [], [this.#outsideRead], [])[0];
  }

  dispose(): void {
    const destroy = this.#session.opCount;
    this.#session.addOp('DestroyResourceOp', [this.#handle], []);
    this.#session.run([], [], [], [destroy]);
  }

  get #trace(): Trace {
    if (this.#current.trace) return this.#current.trace;
    throw new UnsupportedModelError('a variable of a session is used outside of the functions that run in it');
  }

  get #accesses(): Accesses {
    const { accesses } = this.#trace;
    const known = accesses.get(this) ?? { reads: [] };
    accesses.set(this, known);
    return known;
  }

  get #typeAttribute() {
    return { ...typeAttribute(this.#dtype), name: 'dtype' };
  }

  #addRead(controls: number[]): GraphOutput {
    const [output] = this.#session.addOp('ReadVariableOp', [this.#handle], [this.#typeAttribute], controls);
    return output;
  }

  #write(op: string, inputs: Tensor[], attributes: Parameters<GraphSession['addOp']>[2]): void {
    const { recording, accesses, writes } = this.#trace;
    const { lastWrite, reads } = this.#accesses;
    const controls = lastWrite === undefined ? reads : [lastWrite, ...reads];
    const operands = [this.#handle, ...inputs.map(recording.outputOf)];
    const number = this.#session.opCount;
    this.#session.addOp(op, operands, attributes, controls);
    accesses.set(this, { lastWrite: number, reads: [] });
    writes.push(number);
  }
}
