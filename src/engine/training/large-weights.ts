// Shape suffixes: M = rows (any number of tokens), D = width that a layer reads, O = width that it writes.
import * as tf from '@tensorflow/tfjs-core';
import type { VisionLanguageModel } from '../models/vision-language-model.ts';
import { cutRows, type GradientBuffer } from '../optim/gradient-buffer.ts';
import type { Executor } from '../runtime/executor.ts';
import { isRecording } from '../runtime/record-ops.ts';
import type { Checkpointing } from './checkpointing.ts';

/** Of a gradient that is computed at once: 128 MB. */
const PRODUCT_VALUES = 2 ** 25;

/**
 * A model whose large weights' gradients are never there as a whole besides the buffer that sums them: that of a linear layer comes
 * in runs of rows, that of a table of embeddings in the rows that were read. Of Qwen2.5-VL-3B's embeddings, 1.2 GB are not held
 * twice or three times. Inside a traced function; op by op it is the model as it was.
 *
 * @param variables the weights to differentiate by, by name
 * @param most bytes of a gradient that may be there as a whole
 */
export function withLargeWeights(
  model: VisionLanguageModel,
  executor: Executor,
  variables: ReadonlyMap<string, tf.Variable>,
  gradients: Pick<GradientBuffer, 'addRows'>,
  { anchor, noteLearned }: Pick<Checkpointing, 'anchor' | 'noteLearned'>,
  most: number,
): VisionLanguageModel {
  const large = new Map([...variables].filter(([, { size, rank }]) => 4 * size > most && rank === 2));
  if (large.size === 0 || !isRecording()) return model;
  const { layers } = model;

  function addRows(name: string, rows: tf.Tensor1D, values: tf.Tensor2D): void {
    gradients.addRows(name, rows, values);
    noteLearned(name);
  }

  /** `x W^T`, whose gradient by W waits for what was written before it, run after run. */
  function multiply(name: string, weight_OD: tf.Tensor2D, x_MD: tf.Tensor2D): tf.Tensor2D {
    const product = tf.customGrad((...args) => {
      const [x_MD, , save] = args as [tf.Tensor2D, tf.Tensor, tf.GradSaveFunc];
      save([x_MD]);
      const gradFunc = (gradient: tf.Tensor, [x]: tf.Tensor[]) => {
        const gradient_MO = gradient as tf.Tensor2D;
        for (const { first, count } of cutRows(weight_OD.shape, PRODUCT_VALUES)) {
          const part_MO = tf.slice(executor.wait(gradient_MO, []), [0, first], [-1, count]) as tf.Tensor2D;
          addRows(name, tf.range(first, first + count, 1, 'int32'), tf.matMul(part_MO, x as tf.Tensor2D, true));
        }
        return [tf.matMul(gradient_MO, weight_OD), tf.scalar(0)];
      };
      return { value: tf.matMul(x_MD, weight_OD, false, true), gradFunc };
    });
    return product(x_MD, anchor) as tf.Tensor2D;
  }

  function gather(name: string, weight_OD: tf.Tensor2D, rows_M: tf.Tensor1D): tf.Tensor2D {
    const gathered = tf.customGrad(() => {
      const gradFunc = (gradient_MD: tf.Tensor) => {
        addRows(name, rows_M, gradient_MD as tf.Tensor2D);
        return tf.scalar(0);
      };
      return { value: tf.gather(weight_OD, rows_M), gradFunc };
    });
    return gathered(anchor) as tf.Tensor2D;
  }

  return model.withLayers(model.weights as Map<string, tf.Variable>, {
    ...layers,
    linear(name, x_MD) {
      const weight = large.get(`${name}.weight`) as tf.Tensor2D | undefined;
      if (!weight) return layers.linear(name, x_MD);
      const bias_O = model.weights.get(`${name}.bias`);
      return tf.tidy(() => {
        const product_MO = multiply(`${name}.weight`, weight, x_MD);
        return bias_O ? tf.add(product_MO, bias_O) : product_MO;
      });
    },
    embed(name, ids_M) {
      const weight = large.get(`${name}.weight`) as tf.Tensor2D | undefined;
      return weight ? gather(`${name}.weight`, weight, ids_M) : layers.embed(name, ids_M);
    },
  });
}
