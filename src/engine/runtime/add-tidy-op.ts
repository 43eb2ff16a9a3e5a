import type { GraphOutput, GraphSession } from './graph-session.ts';
import type { OpAttribute } from './node-backend.ts';

/**
 * Adds an op that tfjs-node asks for, as TensorFlow runs it fastest: casts to the same type are left out, and products of
 * two matrices are `MatMul`, since `BatchMatMulV2` costs some 20 microseconds more a call.
 */
export function addTidyOp(
  session: GraphSession,
  op: string,
  inputs: readonly GraphOutput[],
  attributes: readonly OpAttribute[],
): readonly GraphOutput[] {
  if (op === 'Cast' && attributeValue(attributes, 'SrcT') === attributeValue(attributes, 'DstT')) return inputs;
  if (op === 'BatchMatMulV2' && inputs.every(({ shape }) => shape.length === 2)) {
    return session.addOp('MatMul', inputs, attributes.map(toMatMul));
  }
  return session.addOp(op, inputs, attributes);
}

const attributeValue = (attributes: readonly OpAttribute[], name: string) =>
  attributes.find((attribute) => attribute.name === name)?.value;

function toMatMul(attribute: OpAttribute): OpAttribute {
  if (attribute.name === 'adj_x') return { ...attribute, name: 'transpose_a' };
  return attribute.name === 'adj_y' ? { ...attribute, name: 'transpose_b' } : attribute;
}
