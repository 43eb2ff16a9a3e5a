import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { UnsupportedModelError } from '../../schema/errors.ts';
import { typeAttribute } from './graph-def.ts';
import { nodeBackend } from './node-backend.ts';
import { createRecording } from './record-ops.ts';
import { listTensors, mapTensors } from './tensor-tree.ts';

/** A function of tensors that runs as one TensorFlow session call. */
export interface TracedFunction<Inputs, Outputs> {
  /** Inputs must have the shapes of the traced ones. The caller disposes the outputs. */
  run(inputs: Inputs): Outputs;
  /** Nodes of the recorded graph. */
  readonly nodeCount: number;
  dispose(): void;
}

/**
 * Runs `compute` once, records its ops as a TensorFlow graph and loads that as a session: afterwards the whole function
 * costs one call instead of one per op. Equal to `compute` up to rounding.
 *
 * `compute` must be a function of its inputs' tensors and of the listed variables alone: plain numbers and host arrays
 * it reads are part of the graph. Variables are read at each call, so that an optimizer may change them between calls.
 *
 * @throws UnsupportedModelError `compute` reads tensor values or uses unlisted tensors, or TensorFlow refuses the graph
 */
export function trace<Inputs, Outputs>(
  compute: (inputs: Inputs) => Outputs,
  inputs: Inputs,
  variables: readonly tf.Variable[],
): TracedFunction<Inputs, Outputs> {
  const recording = createRecording();
  const fed = [...listTensors(inputs), ...variables];
  fed.forEach((tensor, at) => {
    recording.addInput(`input${at}`, tensor);
  });
  // After this only the tree of the recorded outputs counts, not their values.
  const outputs = recording.record(() => tf.tidy(() => compute(inputs) as tf.TensorContainer)) as Outputs;
  const results = listTensors(outputs);
  results.forEach((tensor, at) => {
    recording.builder.addOp(`output${at}`, 'Identity', [recording.nameOf(tensor)], [typeAttribute(tensor.dtype)]);
  });
  const session = loadSession(recording.builder.encode());
  const inputNames = fed.map((_, at) => `input${at}:0`).join();
  const outputNames = results.map((_, at) => `output${at}:0`).join();
  const { binding } = nodeBackend();
  tf.dispose(results);
  return {
    nodeCount: recording.builder.nodeCount,
    run(inputs) {
      const backend = nodeBackend();
      const ids = backend.getInputTensorIds([...listTensors(inputs), ...variables]);
      const results = binding.runSavedModel(session, ids, inputNames, outputNames);
      let next = 0;
      return mapTensors(outputs, () => backend.createOutputTensor(results[next++])) as Outputs;
    },
    dispose: () => binding.deleteSavedModel(session),
  };
}

/** TensorFlow loads graphs from folders only; it needs the folder no longer than that. */
function loadSession(savedModel: Uint8Array): number {
  const folder = mkdtempSync(join(tmpdir(), 'metis-rise-graph-'));
  try {
    writeFileSync(join(folder, 'saved_model.pb'), savedModel);
    return nodeBackend().binding.loadSavedModel(folder, 'serve');
  } catch (error) {
    throw new UnsupportedModelError(
      `TensorFlow refuses a traced graph (${(error as Error).message}); run the function eagerly`,
      { cause: error },
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
