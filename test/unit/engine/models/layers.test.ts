import * as tf from '@tensorflow/tfjs-core';
import { createLayers } from '../../../../src/engine/models/layers.ts';
import { createModelInput } from '../../../../src/engine/models/model-input.ts';
import type { VisionLanguageModel } from '../../../../src/engine/models/vision-language-model.ts';
import { anImage, aPrompt, aTinyModel } from '../../../support/tiny-model.ts';

/** The names of the linear layers that run, in order. */
function recordLinears(model: VisionLanguageModel, run: () => tf.Tensor): string[] {
  const names: string[] = [];
  const { layers } = model;
  const { linear } = layers;
  layers.linear = (name, x_MD) => {
    names.push(name);
    return linear(name, x_MD);
  };
  tf.tidy(run);
  layers.linear = linear;
  return names;
}

describe('the linear layers of a model', () => {
  const model = aTinyModel();
  afterAll(() => model.dispose());

  it('run by name, each of both towers once in a pass', () => {
    const input = createModelInput([{ prompt: aPrompt(3, [anImage(4, 4)]), continuationIds: [] }], model.config);
    const names = recordLinears(model, () => model.computeLogits(model.computeHiddenStates(model.uploadInput(input))));
    const isLinear = (name: string, { rank }: tf.Tensor) => rank === 2 && !name.includes('embed_tokens');
    const linears = [...model.weights].filter(([name, weight]) => isLinear(name, weight)).map(([name]) => name);
    expect(names.map((name) => `${name}.weight`).sort()).toEqual(linears.sort());
  });

  it('add a bias where the checkpoint has one', () => {
    tf.tidy(() => {
      const weight = tf.tensor2d([[1, 2]]);
      const x = tf.tensor2d([[3, 4]]);
      const layers = createLayers(
        new Map<string, tf.Tensor>([
          ['a.weight', weight],
          ['b.weight', weight],
          ['b.bias', tf.tensor1d([10])],
        ]),
      );
      expect([...layers.linear('a', x).dataSync(), ...layers.linear('b', x).dataSync()]).toEqual([11, 21]);
    });
  });
});
