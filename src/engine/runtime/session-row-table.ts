import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { RowTable } from './executor.ts';
import { type GraphOutput, type GraphSession, typeAttribute } from './graph-session.ts';
import { NATIVE_TYPES, type NativeType } from './native-tensor.ts';
import { nodeBackend } from './node-backend.ts';
import { addCast } from './rewrites/bf16-products.ts';
import { addZeros, type Trace } from './session-variable.ts';

/**
 * A reference variable of a session: its ops share one buffer, where a resource variable that is scattered into copies
 * itself at each read. The order of a trace's writes and reads is their flow of data.
 */
export class SessionRowTable implements RowTable {
  readonly #session: GraphSession;
  readonly #current: { trace?: Trace };
  readonly #shape: readonly [number, number];
  readonly #dtype: NativeType;
  readonly #variable: GraphOutput;
  /** What the last write of a trace gave. */
  readonly #written = new WeakMap<Trace, GraphOutput>();

  constructor(session: GraphSession, current: { trace?: Trace }, shape: readonly [number, number], dtype: NativeType) {
    this.#session = session;
    this.#current = current;
    this.#shape = shape;
    this.#dtype = dtype;
    const { binding } = nodeBackend();
    const sizes = { name: 'shape', type: binding.TF_ATTR_SHAPE, value: shape };
    this.#variable = this.#add('VariableV2', [], [typeAttribute(dtype, 'dtype'), sizes]);
  }

  value(): Tensor2D {
    return this.#trace.recording.toTensor(this.#latest) as Tensor2D;
  }

  scatterRows(rows: Tensor, values: Tensor): void {
    const { outputOf } = this.#trace.recording;
    const indexType = typeAttribute('int32', 'Tindices');
    this.#write(
      'ScatterUpdate',
      [outputOf(rows), this.#round(outputOf(values))],
      [typeAttribute(this.#dtype), indexType],
    );
  }

  allocate(): void {
    this.#assign(this.#shape);
  }

  release(): void {
    this.#assign([0, this.#shape[1]]);
  }

  get #trace(): Trace {
    return this.#current.trace!;
  }

  get #latest(): GraphOutput {
    return this.#written.get(this.#trace) ?? this.#variable;
  }

  #assign(shape: readonly [number, number]): void {
    const keepsShape = { name: 'validate_shape', type: nodeBackend().binding.TF_ATTR_BOOL, value: false };
    const zeros = addZeros(this.#session, shape, { dtype: this.#dtype });
    this.#write('Assign', [zeros], [typeAttribute(this.#dtype), keepsShape]);
  }

  #round(values: GraphOutput): GraphOutput {
    if (this.#dtype === 'float32') return values;
    return addCast(this.#session, values, { from: NATIVE_TYPES.float32, to: NATIVE_TYPES.bfloat16 });
  }

  #write(op: string, operands: GraphOutput[], attributes: Attributes): void {
    const written = this.#add(op, [this.#latest, ...operands], attributes);
    this.#written.set(this.#trace, { ...written, shape: [...this.#shape] });
    this.#trace.writes.push(written.op);
  }

  /** A reference passes as numbers: whatever reads it takes the buffer as it is then. */
  #add(op: string, inputs: GraphOutput[], attributes: Attributes): GraphOutput {
    const [output] = this.#session.addOp(op, inputs, attributes);
    return { ...output, dtype: this.#dtype };
  }
}

type Attributes = Parameters<GraphSession['addOp']>[2];
