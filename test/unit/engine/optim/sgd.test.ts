import { createRule } from '../../../../src/engine/optim/index.ts';
import { loadBackend } from '../../../../src/engine/runtime/backend.ts';
import type { Engine } from '../../../../src/engine/runtime/create-executor.ts';
import { anOptimizer, expectClose, takeStep, takeStepsWithBreak } from '../../../support/optimizer.ts';

beforeAll(loadBackend);

const sgd = (options: Record<string, number>) => createRule('optimizer', { name: 'sgd', options });

// scripts/golden/sgd.py, torch 2.15: lr 0.01 (t + 1), max norm 2, weight decay on w alone.
const GOLDEN = [
  {
    options: { momentum: 0.9, weightDecay: 0.1 },
    w: [
      [0.49648276, -1.24648702, 1.9866854, 0.124875002, 3.01208615, -0.749325454],
      [0.495371431, -1.24233031, 1.98204315, 0.124400251, 2.99675369, -0.746457279],
      [0.483333319, -1.22620296, 1.93588614, 0.123386137, 3.01232314, -0.740572155],
      [0.47947374, -1.21133494, 1.91970229, 0.121675655, 2.95635986, -0.730234742],
    ],
    b: [
      [0.0947198421, -0.199992463, 0.298491389],
      [0.0797794685, -0.199971125, 0.294222713],
      [0.0754504502, -0.199964941, 0.292985857],
      [0.0647783577, -0.199949697, 0.289936692],
    ],
  },
  {
    options: { momentum: 0, weightDecay: 0 },
    w: [
      [0.496982753, -1.24773705, 1.98868537, 0.125, 3.01508617, -0.750075459],
      [0.503195405, -1.25239658, 2.01198292, 0.125, 2.98402286, -0.74992013],
      [0.494143695, -1.24560785, 1.97803903, 0.125, 3.02928138, -0.750146449],
      [0.506663144, -1.25499749, 2.02498698, 0.125, 2.9666841, -0.749833465],
    ],
    b: [
      [0.0947198421, -0.199992463, 0.298491389],
      [0.0892837569, -0.199984699, 0.296938211],
      [0.105124243, -0.200007334, 0.301464051],
      [0.0996469706, -0.199999511, 0.299899131],
    ],
  },
];

describe.each<Engine>(['eager', 'traced'])('SGD, %s', (engine) => {
  it.each(GOLDEN)('with $options equals torch.optim.SGD with clip_grad_norm_ over four steps', ({ options, w, b }) => {
    const trained = anOptimizer(engine, sgd(options));
    w.forEach((expected, t) => {
      const actual = takeStep(trained, t);
      expectClose(actual.w, expected);
      expectClose(actual.b, b[t]);
    });
  });

  it('continues from restored state as if never interrupted', () => {
    const rule = sgd({ momentum: 0.9, weightDecay: 0.1 });
    const straight = anOptimizer(engine, rule);
    expect(takeStepsWithBreak(engine, rule)).toEqual([0, 1, 2, 3].map((t) => takeStep(straight, t)));
  });
});
