import { measureSft, SftConfig } from '../../../src/schema/config/sft.ts';
import { planSftSteps } from '../../../src/stages/train-sft/sft-steps.ts';

const aConfig = (fields: object) =>
  SftConfig.parse({ epochs: 3, sequencesPerStep: 4, optimizer: { learningRate: 1e-3 }, ...fields });
const EXAMPLES = Array.from({ length: 10 }, (_, at) => at);

describe('the length of SFT', () => {
  // Epochs of 4, 4 and 2 examples.
  it.each([
    [{}, 9, 30],
    [{ maxSteps: 20 }, 9, 30],
    [{ maxSteps: 7 }, 7, 24],
    [{ maxSteps: 6 }, 6, 20],
    [{ epochs: 1000, maxSteps: 1 }, 1, 4],
  ])('with %j is %i steps of %i sequences in all', (fields, steps, sequences) => {
    const sft = aConfig(fields);
    expect(measureSft(sft, EXAMPLES.length)).toEqual({ steps, sequences });
    const planned = [...planSftSteps({ seed: 1, sft }, EXAMPLES)];
    expect(planned.map(({ step }) => step)).toEqual(Array.from({ length: steps }, (_, step) => step));
    expect(planned.flatMap(({ batch }) => batch)).toHaveLength(sequences);
  });

  it('cuts a plan, and changes none of its steps', () => {
    const steps = (fields: object) => [...planSftSteps({ seed: 1, sft: aConfig(fields) }, EXAMPLES)];
    expect(steps({ maxSteps: 5 })).toEqual(steps({}).slice(0, 5));
  });

  it('is none without examples', () => {
    expect(measureSft(aConfig({ maxSteps: 5 }), 0)).toEqual({ steps: 0, sequences: 0 });
    expect([...planSftSteps({ seed: 1, sft: aConfig({}) }, [])]).toEqual([]);
  });
});
