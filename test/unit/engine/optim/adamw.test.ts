import { loadBackend } from '../../../../src/engine/runtime/backend.ts';
import type { Engine } from '../../../../src/engine/runtime/create-executor.ts';
import { ADAMW, anOptimizer, expectClose, takeStep, takeStepsWithBreak } from '../../../support/optimizer.ts';

beforeAll(loadBackend);

describe.each<Engine>(['eager', 'traced'])('AdamW, %s', (engine) => {
  it('equals torch.optim.AdamW with clip_grad_norm_ over four steps, without decay on the bias', () => {
    // torch 2.15: weight_decay 0.1 on w and 0 on b, lr 0.01 (t + 1), betas (0.9, 0.95), max norm 2.
    const golden = [
      {
        norm: 2.65143371,
        w: [0.489500016, -1.23874998, 1.98800004, 0.124875002, 3.00699997, -0.759249985],
        b: [0.0900000036, -0.190000132, 0.290000021],
      },
      {
        norm: 5.15076685,
        w: [0.489864022, -1.23761547, 1.98536706, 0.124625258, 2.99964309, -0.756388485],
        b: [0.0711334348, -0.171133876, 0.271133453],
      },
      {
        norm: 7.95430137,
        w: [0.478710979, -1.22421908, 1.9697274, 0.124251381, 3.00032735, -0.763802707],
        b: [0.067652151, -0.167652652, 0.267652184],
      },
      {
        norm: 10.2240696,
        w: [0.47956562, -1.22209167, 1.96461797, 0.123754375, 2.9855566, -0.757977962],
        b: [0.0598660409, -0.159866676, 0.259866089],
      },
    ];
    const trained = anOptimizer(engine, ADAMW);
    golden.forEach((expected, t) => {
      const actual = takeStep(trained, t);
      expectClose([actual.norm], [expected.norm]);
      expectClose(actual.w, expected.w);
      expectClose(actual.b, expected.b);
    });
  });

  it('continues from restored state as if never interrupted', () => {
    const straight = anOptimizer(engine, ADAMW);
    const steps = [0, 1, 2, 3].map((t) => takeStep(straight, t));
    expect(takeStepsWithBreak(engine, ADAMW)).toEqual(steps);
  });

  it('keeps two moments of each weight', () => {
    const { optimizer } = anOptimizer(engine, ADAMW);
    const moments = ['first-moment', 'second-moment'];
    expect([...optimizer.state().keys()]).toEqual(
      ['w', 'b'].flatMap((name) => moments.map((slot) => `${name}.${slot}`)),
    );
  });
});
