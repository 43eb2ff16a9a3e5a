import { checkTraining, createLearner } from '../../../src/algorithms/index.ts';
import { aRunConfig } from '../../support/stored-run.ts';

const withAlgorithm = (name: string, options: Record<string, number> = {}) =>
  aRunConfig({ rl: { algorithm: { name, options } } });
const withOptimizer = (stage: 'rl' | 'sft', name: string, options: Record<string, number> = {}) =>
  aRunConfig({ [stage]: { optimizer: { learningRate: 1, name, options } } });

describe('the preflight of what a run trains with', () => {
  it('passes the defaults', () => expect(() => checkTraining(aRunConfig())).not.toThrow());

  it.each([
    [withAlgorithm('gpro'), /^rl\.algorithm is gpro, which is not there \(grpo.*\); correct the name$/],
    [withAlgorithm('grpo', { clipRatioLow: -1 }), /^rl\.algorithm\.options of grpo: .*>0[\s\S]*clipRatioLow/],
    [withAlgorithm('grpo', { beta: 1 }), /^rl\.algorithm\.options of grpo: .*"beta"/],
    [withOptimizer('rl', 'lion'), /^rl\.optimizer is lion, which is not there \(adamw.*\); correct the name$/],
    [withOptimizer('sft', 'adamw', { beta1: 2 }), /^sft\.optimizer\.options of adamw: .*<=1[\s\S]*beta1/],
  ])('names the field of what it refuses: %#', (config, message) => {
    expect(() => checkTraining(config)).toThrow(message);
  });

  it('fills in the defaults of options', () => {
    expect(createLearner(withAlgorithm('grpo')).needsReference).toBe(false);
    expect(createLearner(withAlgorithm('grpo', { klCoefficient: 0.1 })).needsReference).toBe(true);
  });
});
