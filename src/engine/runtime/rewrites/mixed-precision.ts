import type { GraphOutput, GraphSession } from '../graph-session.ts';
import { nodeBackend } from '../node-backend.ts';
import type { RecordedSession } from '../record-ops.ts';
import type { SessionVariable } from '../session-variable.ts';
import { ShiftedVariable } from '../shifted-weight.ts';
import { addCast, BFLOAT16, withBf16Products } from './bf16-products.ts';
import { withShiftedWeights } from './shifted-products.ts';

/**
 * What products of matrices are computed in. Weights that are trained and everything else are float32 in either case; other
 * matrices of weights stay as they are stored where products are in bf16.
 */
export type Precision = 'float32' | 'bf16';

/** How one function is recorded. */
export interface Rewrite extends RecordedSession {
  /** Says that an output is the value that a weight has when the function begins. */
  noteWeight(reading: GraphOutput, weight: SessionVariable): void;
  /** Brings what the function reads up to date; before each of its runs. */
  prepare(): void;
}

/** Gives the rewrite of one function after another, all of one session. */
export function createRewrites(session: GraphSession, precision: Precision): () => Rewrite {
  if (precision === 'float32') {
    return () => ({ session, widen: (output) => output, noteWeight() {}, prepare() {} });
  }
  const copies = new Map<SessionVariable, WeightCopy>();
  return () => {
    const weights = new Map<GraphOutput, SessionVariable>();
    const used = new Set<WeightCopy>();
    const readWeight = (operand: GraphOutput) => {
      const weight = weights.get(operand);
      if (!weight) return 'no-weight';
      if (weight.isAlone) return 'alone';
      const copy = copies.get(weight) ?? createCopy(session, weight);
      copies.set(weight, copy);
      used.add(copy);
      return session.addOp('ReadVariableOp', [copy.handle], [copyType()])[0];
    };
    const shifting = withShiftedWeights(session);
    return {
      ...withBf16Products(shifting.session, readWeight),
      noteWeight(reading, weight) {
        if (reading.dtype === 'float32') weights.set(reading, weight);
        if (weight instanceof ShiftedVariable) shifting.noteShifted(reading, weight);
      },
      prepare: () => refresh(session, [...used]),
    };
  };
}

/** A weight in bfloat16 beside its float32 master, rounded once for each value it has. */
interface WeightCopy {
  weight: SessionVariable;
  handle: GraphOutput;
  /** The op that rounds the weight anew. */
  assignment: number;
  /** The weight's version that the copy is of; none at first. */
  version?: number;
}

function createCopy(session: GraphSession, weight: SessionVariable): WeightCopy {
  const { binding } = nodeBackend();
  const sizes = { name: 'shape', type: binding.TF_ATTR_SHAPE, value: weight.shape };
  const name = { name: 'shared_name', type: binding.TF_ATTR_STRING, value: `copy${session.opCount}` };
  const [handle] = session.addOp('VarHandleOp', [], [copyType(), sizes, name]);
  // The copy before goes first: all copies are made in one run, which would hold them twice.
  const destroyed = session.opCount;
  session.addOp('DestroyResourceOp', [handle], []);
  const rounded = addCast(session, weight.latest, { from: binding.TF_FLOAT, to: BFLOAT16 }, [destroyed]);
  const assignment = session.opCount;
  session.addOp('AssignVariableOp', [handle, rounded], [copyType()]);
  return { weight, handle, assignment };
}

function refresh(session: GraphSession, copies: readonly WeightCopy[]): void {
  const outdated = copies.filter(({ weight, version }) => version !== weight.version);
  if (outdated.length === 0) return;
  const assignments = outdated.map(({ assignment }) => assignment);
  session.run([], [], [], assignments);
  for (const copy of outdated) copy.version = copy.weight.version;
}

const copyType = () => ({ name: 'dtype', type: nodeBackend().binding.TF_ATTR_TYPE, value: BFLOAT16 });
