import { BENCHMARK_NAMES, choosePrompts, openBenchmark } from '../../../src/benchmarks/index.ts';
import { questionText } from '../../../src/schema/question-text.ts';
import { aPrompt } from '../../support/factories.ts';

const open = (name: string) => openBenchmark('benchmark', { name, options: {} }, { gradeOptions: {} });
const details = { question_type: 'multi_choice', answer_type: 'text', key: '2steps_1', ID: '1', qid: '1' };

describe('a question with options', () => {
  const prompt = aPrompt({ question: 'Which?', options: ['a crimson one', 'a teal one'], details });

  it.each(BENCHMARK_NAMES)('is asked once with each option by %s', (name) => {
    const { word } = open(name);
    const asked = questionText(word ? word(prompt) : prompt);
    // Where options stand in the question already, or in the image, none is added.
    const times = ['mathverse', 'mathverse-vision-only', 'dynamath'].includes(name) ? 0 : 1;
    expect(asked.split('a crimson one').length - 1).toBe(times);
  });
});

describe('the prompts of a benchmark', () => {
  const prompts = ['Text Lite', 'Vision Only'].map((version) => aPrompt({ details: { problem_version: version } }));

  it('may be some of those that the data has', () => {
    expect(choosePrompts(open('mathverse'), prompts, 'data')).toEqual(prompts);
    expect(choosePrompts(open('mathverse-vision-only'), prompts, 'data')).toEqual([prompts[1]]);
  });

  it('are refused where none is among them', () => {
    expect(() => choosePrompts(open('mathverse-vision-only'), [prompts[0]], 'data.jsonl')).toThrow(
      /^data\.jsonl has 1 prompts and none that mathverse-vision-only asks; give its own data$/,
    );
  });
});
