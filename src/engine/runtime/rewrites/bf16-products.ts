import type { GraphOutput, GraphSession } from '../graph-session.ts';
import { NATIVE_TYPES } from '../native-tensor.ts';
import { nodeBackend, type OpAttribute } from '../node-backend.ts';
import type { RecordedSession } from '../record-ops.ts';

/** TensorFlow's number for a type that TensorFlow.js does not know: it never leaves the graph. */
export const BFLOAT16 = NATIVE_TYPES.bfloat16;

/** Ops that only move the numbers of their first input, with the attribute that names its type. */
const MOVES: Readonly<Record<string, string>> = { Reshape: 'T', GatherV2: 'Tparams', Slice: 'T' };

/** Ops of ours that read tables in float32, and those that read them in bfloat16. */
const BF16_TABLES: Readonly<Record<string, string>> = { RiseSlotAttention: 'RiseSlotAttentionBf16' };

/**
 * The same session, but `MatMul` is computed in bfloat16: its operands are rounded to eight bits of precision, its product
 * comes back as float32, which everything else stays in. Products of batches (`BatchMatMulV2`), which are attention's, are
 * left alone: as short as heads are, casts take what they gain. A weight that is held in bfloat16 is an operand as it is; any
 * other op gets it widened, of which a gather takes only its rows.
 *
 * @param readWeight reads an operand that is there in bfloat16 already, or says that it is a weight of which no copy is to last: that
 * is rounded for each product, when the other operand is there
 */
export function withBf16Products(
  session: GraphSession,
  readWeight: (operand: GraphOutput) => GraphOutput | 'alone' | 'no-weight',
): RecordedSession {
  const float32 = nodeBackend().binding.TF_FLOAT;
  const rounded = new WeakMap<GraphOutput, GraphOutput>();
  const widened = new WeakMap<GraphOutput, GraphOutput>();

  function round(operand: GraphOutput, other: GraphOutput): GraphOutput {
    if (operand.dtype === 'bfloat16') return operand;
    const known = rounded.get(operand) ?? readWeight(operand);
    if (known === 'alone') return addCast(session, operand, { from: float32, to: BFLOAT16 }, [other.op]);
    const result = known === 'no-weight' ? addCast(session, operand, { from: float32, to: BFLOAT16 }) : known;
    rounded.set(operand, result);
    return result;
  }

  function widen(output: GraphOutput): GraphOutput {
    if (output.dtype !== 'bfloat16') return output;
    const result = widened.get(output) ?? addCast(session, output, { from: BFLOAT16, to: float32 });
    widened.set(output, result);
    return result;
  }

  const rewritten: GraphSession = {
    ...session,
    get opCount() {
      return session.opCount;
    },
    addOp(op, inputs, attributes, controls) {
      if (op === 'MatMul' && inputs.every(isFloat)) {
        const operands = inputs.map((operand, at) => round(operand, inputs[1 - at]));
        const [product] = session.addOp(op, operands, withType(attributes, 'T'), controls);
        return [widen(product)];
      }
      if (op in MOVES && inputs[0].dtype === 'bfloat16') {
        return session.addOp(op, inputs, withType(attributes, MOVES[op]), controls);
      }
      if (op in BF16_TABLES && inputs[1].dtype === 'bfloat16') {
        return session.addOp(BF16_TABLES[op], inputs, attributes, controls);
      }
      return session.addOp(op, inputs.map(widen), attributes, controls);
    },
  };
  return { session: rewritten, widen };
}

const isFloat = ({ dtype }: GraphOutput) => dtype === 'float32' || dtype === 'bfloat16';

const withType = (attributes: readonly OpAttribute[], name: string): OpAttribute[] =>
  attributes.map((attribute) => (attribute.name === name ? { ...attribute, value: BFLOAT16 } : attribute));

/** The graph's cast from one of TensorFlow's types to another. */
export function addCast(
  session: GraphSession,
  operand: GraphOutput,
  { from, to }: { from: number; to: number },
  controls: readonly number[] = [],
): GraphOutput {
  const type = nodeBackend().binding.TF_ATTR_TYPE;
  const types = [
    { name: 'SrcT', type, value: from },
    { name: 'DstT', type, value: to },
  ];
  return session.addOp('Cast', [operand], types, controls)[0];
}
