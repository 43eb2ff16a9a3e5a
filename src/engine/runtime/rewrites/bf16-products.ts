import type { GraphOutput, GraphSession } from '../graph-session.ts';
import { nodeBackend } from '../node-backend.ts';

/** TensorFlow's number for a type that TensorFlow.js does not know: it never leaves the graph. */
export const BFLOAT16 = 14;

/**
 * The same session, but `MatMul` is computed in bfloat16: its operands are rounded to eight bits of precision, its product
 * comes back as float32, which everything else stays in. Products of batches (`BatchMatMulV2`), which are attention's, are
 * left alone: as short as heads are, casts take what they gain.
 *
 * @param readCopy reads an operand that is there in bfloat16 already; undefined where none is
 */
export function withBf16Products(
  session: GraphSession,
  readCopy: (operand: GraphOutput) => GraphOutput | undefined,
): GraphSession {
  const float32 = nodeBackend().binding.TF_FLOAT;
  const rounded = new WeakMap<GraphOutput, GraphOutput>();

  function round(operand: GraphOutput): GraphOutput {
    const result = rounded.get(operand) ?? readCopy(operand) ?? addCast(session, operand, float32, BFLOAT16);
    rounded.set(operand, result);
    return result;
  }

  return {
    ...session,
    get opCount() {
      return session.opCount;
    },
    addOp(op, inputs, attributes, controls) {
      if (op !== 'MatMul' || inputs[0].dtype !== 'float32') return session.addOp(op, inputs, attributes, controls);
      const inBf16 = attributes.map((attribute) =>
        attribute.name === 'T' ? { ...attribute, value: BFLOAT16 } : attribute,
      );
      const [product] = session.addOp(op, inputs.map(round), inBf16, controls);
      return [addCast(session, product, BFLOAT16, float32)];
    },
  };
}

/** The graph's cast from one of TensorFlow's types to another. */
export function addCast(session: GraphSession, operand: GraphOutput, from: number, to: number): GraphOutput {
  const type = nodeBackend().binding.TF_ATTR_TYPE;
  const types = [
    { name: 'SrcT', type, value: from },
    { name: 'DstT', type, value: to },
  ];
  return session.addOp('Cast', [operand], types)[0];
}
