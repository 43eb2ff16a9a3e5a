import { type DataType, scalar, type Tensor, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { UnsupportedModelError } from '../../schema/errors.ts';
import type { AdamStep, Moments, StateVariable, Zeros } from './executor.ts';
import {
  type ElementType,
  type GraphOutput,
  type GraphSession,
  type HostArray,
  typeAttribute,
} from './graph-session.ts';
import type { NativeTensor, NativeType } from './native-tensor.ts';
import { nodeBackend } from './node-backend.ts';
import type { Recording } from './record-ops.ts';

/** A function that is being recorded, and what it did to variables so far. */
export interface Trace {
  recording: Recording;
  accesses: Map<SessionVariable, Accesses>;
  /** Ops that run whether or not anything reads their outputs. */
  writes: number[];
}

/** Reads and writes of one variable in one trace. */
interface Accesses {
  lastWrite?: number;
  /** Since then. */
  reads: number[];
  /** The last read, until the next write. */
  value?: GraphOutput;
  tensor?: Tensor;
}

/**
 * A resource variable of a session. Control edges keep the reads and writes of a trace in the order they were recorded.
 */
export class SessionVariable implements StateVariable {
  readonly shape: readonly number[];
  readonly dtype: ElementType;
  readonly #session: GraphSession;
  readonly #current: { trace?: Trace };
  readonly #handle: GraphOutput;
  /** What reads it outside of functions. */
  readonly latest: GraphOutput;
  /** Feeds the op that writes it outside of functions; added when it is first written. */
  #feed?: { placeholder: GraphOutput; assignment: number };
  #version = 0;
  /** Whether products in another type round it at each use, so that no copy lies beside it. */
  isAlone = false;

  constructor(session: GraphSession, current: { trace?: Trace }, initial: HostArray | NativeTensor | Zeros) {
    this.#session = session;
    this.#current = current;
    this.dtype = initial.dtype;
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
    this.latest = this.#addRead([]);
    if ('handle' in initial) this.write(initial);
    else if ('data' in initial) this.write(initial.data);
    else session.assign({ variable: this.#handle.op, assignment: this.#addAssign(addZeros(session, initial.shape)) });
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

  addRows(rows: Tensor1D, values: Tensor2D): void {
    const operands = [rows, values].map(this.#trace.recording.outputOf);
    if (!nodeBackend().isUsingGpuDevice) {
      this.#writeAll([this], 'RiseAddRows', [this.readOutput(), ...operands], []);
      return;
    }
    const types = [this.#typeAttribute, typeAttribute('int32', 'Tindices')];
    this.#writeAll([this], 'ResourceScatterAdd', [this.#handle, ...operands], types);
    // From then on each read would be a copy of the whole.
    this.#writeAll([this], 'DisableCopyOnRead', [this.#handle], []);
  }

  take(): Tensor {
    const { accesses, recording } = this.#trace;
    const value = this.readOutput();
    const [taken] = this.#session.addOp('Identity', [value], [typeAttribute(this.dtype)], [this.#destroy([])]);
    accesses.set(this, { lastWrite: taken.op, reads: [] });
    return recording.toTensor(taken);
  }

  clear(): void {
    const destroyed = this.#destroy(this.#trace.writes.slice(-1));
    const zeros = addZeros(this.#session, this.shape, { controls: [destroyed] });
    this.#writeAll([this], 'AssignVariableOp', [this.#handle, zeros], [this.#typeAttribute]);
  }

  applyAdam({ first, second }: Moments, gradient: Tensor, step: AdamStep): void {
    const moments = [first, second] as SessionVariable[];
    const scalars = [step.beta1Power, step.beta2Power, step.learningRate, scalar(step.beta1), scalar(step.beta2)];
    const operands = [...scalars, step.epsilon, gradient].map(this.#trace.recording.outputOf);
    const handles = moments.map((moment) => moment.#handle);
    this.#writeAll(
      [this, ...moments],
      'ResourceApplyAdam',
      [this.#handle, ...handles, ...operands],
      [typeAttribute(this.dtype)],
    );
  }

  write(data: HostArray['data'] | NativeTensor): void {
    this.noteChange();
    const value = 'handle' in data ? data : { dtype: this.dtype as DataType, shape: this.shape, data };
    this.#feed ??= this.#addFeed();
    const { placeholder, assignment } = this.#feed;
    this.#session.assign({ variable: this.#handle.op, assignment, fed: { placeholder, value } });
  }

  /** Another for each value it has outside of functions. */
  get version(): number {
    return this.#version;
  }

  /** Says that a function which writes it runs. */
  noteChange(): void {
    this.#version += 1;
  }

  /** Whether the running trace has written it. */
  get isWritten(): boolean {
    return this.#accesses.lastWrite !== undefined;
  }

  static read(session: GraphSession, variables: readonly SessionVariable[]): HostArray[] {
    const values = variables.map((variable) => variable.latest);
    return session.run([], [], values, []);
  }

  /** Its value outside of functions, which is not copied; the caller lets it go before the variable is written again. */
  fetch(): NativeTensor {
    return this.#session.fetch(this.latest);
  }

  /** Lets its memory go once all that the running trace does with it, and some other ops, have run. */
  #destroy(others: readonly number[]): number {
    const { reads, lastWrite } = this.#accesses;
    const number = this.#session.opCount;
    const before = [...reads, ...others, ...(lastWrite === undefined ? [] : [lastWrite])];
    this.#session.addOp('DestroyResourceOp', [this.#handle], [], before);
    return number;
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
    return typeAttribute(this.dtype, 'dtype');
  }

  #addFeed() {
    const placeholder = this.#session.addPlaceholder(this.dtype, this.shape);
    return { placeholder, assignment: this.#addAssign(placeholder) };
  }

  #addAssign(value: GraphOutput): number {
    const number = this.#session.opCount;
    this.#session.addOp('AssignVariableOp', [this.#handle, value], [this.#typeAttribute]);
    return number;
  }

  #addRead(controls: number[]): GraphOutput {
    const [output] = this.#session.addOp('ReadVariableOp', [this.#handle], [this.#typeAttribute], controls);
    return output;
  }

  #write(op: string, inputs: Tensor[], attributes: Attributes): void {
    const operands = inputs.map(this.#trace.recording.outputOf);
    this.#writeAll([this], op, [this.#handle, ...operands], attributes);
  }

  /** An op that writes several variables. */
  #writeAll(variables: SessionVariable[], op: string, operands: GraphOutput[], attributes: Attributes): void {
    const { accesses, writes } = this.#trace;
    const controls = variables.flatMap((variable) => {
      const { lastWrite, reads } = variable.#accesses;
      return lastWrite === undefined ? reads : [lastWrite, ...reads];
    });
    const number = this.#session.opCount;
    this.#session.addOp(op, operands, attributes, controls);
    for (const variable of variables) accesses.set(variable, { lastWrite: number, reads: [] });
    writes.push(number);
  }
}

type Attributes = Parameters<GraphSession['addOp']>[2];

/** Unlike `Fill`, it is not folded into a constant of its size when the graph is prepared. */
export function addZeros(
  session: GraphSession,
  shape: readonly number[],
  { dtype = 'float32', controls = [] }: { dtype?: NativeType; controls?: readonly number[] } = {},
): GraphOutput {
  const sizes = session.addConstant({ dtype: 'int32', shape: [shape.length], data: Int32Array.from(shape) });
  const init = { name: 'init', type: nodeBackend().binding.TF_ATTR_BOOL, value: true };
  return session.addOp('Empty', [sizes], [typeAttribute(dtype, 'dtype'), init], controls)[0];
}
