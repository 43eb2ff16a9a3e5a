// Shape suffixes: M = rows of tokens, N = outputs of a weight, K = its inputs.
import { type GraphOutput, type GraphSession, typeAttribute } from '../graph-session.ts';
import { nodeBackend, type OpAttribute } from '../node-backend.ts';
import type { ShiftedVariable } from '../shifted-weight.ts';

/** A session that knows weights in parts. */
export interface ShiftingSession {
  session: GraphSession;
  /** Says that an output is how a weight in parts is read. */
  noteShifted(reading: GraphOutput, weight: ShiftedVariable): void;
}

interface Parts {
  tail: GraphOutput;
  shift: number;
}

/**
 * The same session, but ops get what a weight in parts (`ShiftedVariable`) stands for. Products take the parts as they lie:
 *
 *     x W^T = [0, x[:, :K - shift]] rows^T + x[:, K - shift:] tail^T,      y W = [(y rows)[:, shift:], y tail]
 *
 * A gather takes only its rows; any other op gets the matrix put together.
 */
export function withShiftedWeights(session: GraphSession): ShiftingSession {
  const parts = new WeakMap<GraphOutput, Parts>();
  const firstAxis = () => session.addConstant({ dtype: 'int32', shape: [], data: Int32Array.of(0) });

  function addProduct(x: GraphOutput, rows: GraphOutput, { tail, shift }: Parts, attributes: readonly OpAttribute[]) {
    const multiply = (operand: GraphOutput, weight: GraphOutput) =>
      session.addOp('MatMul', [operand, weight], attributes)[0];
    if (!isSet(attributes, 'transpose_b')) {
      return joinColumns(session, [sliceColumns(session, multiply(x, rows), shift), multiply(x, tail)]);
    }
    const kept = rows.shape[1] - shift;
    const padded_MK = padColumns(session, sliceColumns(session, x, 0, kept), shift);
    const products = [multiply(padded_MK, rows), multiply(sliceColumns(session, x, kept), tail)];
    return session.addOp(
      'AddV2',
      products.map((product) => toFloat32(session, product)),
      [typeAttribute('float32')],
    )[0];
  }

  const assemble = (output: GraphOutput) => {
    const own = parts.get(output);
    return own ? joinColumns(session, [sliceColumns(session, output, own.shift), own.tail]) : output;
  };

  const shifting: GraphSession = {
    ...session,
    get opCount() {
      return session.opCount;
    },
    addOp(op, inputs, attributes, controls) {
      const [first, second] = inputs;
      const [own, seconds] = [parts.get(first), parts.get(second)];
      if (op === 'MatMul' && !own && seconds && !isSet(attributes, 'transpose_a')) {
        return [addProduct(first, second, seconds, attributes)];
      }
      if (op === 'GatherV2' && own && inputs[2] === firstAxis()) {
        const gather = (part: GraphOutput) => session.addOp(op, [part, ...inputs.slice(1)], attributes, controls)[0];
        return [joinColumns(session, [sliceColumns(session, gather(first), own.shift), gather(own.tail)])];
      }
      return session.addOp(op, inputs.map(assemble), attributes, controls);
    },
  };
  return {
    session: shifting,
    noteShifted: (reading, { tail, shift }) => void parts.set(reading, { tail: tail.readOutput(), shift }),
  };
}

const isSet = (attributes: readonly OpAttribute[], name: string) =>
  attributes.some((attribute) => attribute.name === name && attribute.value === true);

const integers = (session: GraphSession, data: number[], shape: number[]) =>
  session.addConstant({ dtype: 'int32', shape, data: Int32Array.from(data) });

const indexType = (name: string) => typeAttribute('int32', name);

/** Columns of a matrix from one on, to before another. */
function sliceColumns(session: GraphSession, x: GraphOutput, first: number, end = x.shape[1]): GraphOutput {
  const begin = integers(session, [0, first], [2]);
  const size = integers(session, [x.shape[0], end - first], [2]);
  return session.addOp('Slice', [x, begin, size], [typeAttribute(x.dtype), indexType('Index')])[0];
}

/** The matrix behind columns of zeros. */
function padColumns(session: GraphSession, x: GraphOutput, columns: number): GraphOutput {
  const paddings = integers(session, [0, 0, columns, 0], [2, 2]);
  return session.addOp('Pad', [x, paddings], [typeAttribute(x.dtype), indexType('Tpaddings')])[0];
}

function joinColumns(session: GraphSession, parts: readonly GraphOutput[]): GraphOutput {
  const count = { name: 'N', type: nodeBackend().binding.TF_ATTR_INT, value: parts.length };
  const types = [typeAttribute(parts[0].dtype), indexType('Tidx')];
  return session.addOp('ConcatV2', [...parts, integers(session, [1], [])], [count, ...types])[0];
}

function toFloat32(session: GraphSession, x: GraphOutput): GraphOutput {
  return session.addOp('Cast', [x], [typeAttribute(x.dtype, 'SrcT'), typeAttribute('float32', 'DstT')])[0];
}
