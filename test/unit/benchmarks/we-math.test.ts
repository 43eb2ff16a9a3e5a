import { scorePolicy } from '../../../src/benchmarks/score-policy.ts';
import { anAnswerRecord, openPublished } from '../../support/published-benchmark.ts';

describe('We-Math', () => {
  const { examination, answers, prompts, published } = openPublished<{ counts: Record<string, number> }>('we-math');
  const records = answers.map((answer) => anAnswerRecord(examination, answer));

  it("grades as VLMEvalKit's copy of its own code does", () => {
    expect(answers.length).toBeGreaterThan(200);
    expect(records.map(({ isCorrect }) => isCorrect)).toEqual(answers.map(({ isCorrect }) => isCorrect));
  });

  it('counts the four kinds of problems as that does, strict and loose', () => {
    const { counts } = published;
    const problems = new Set(
      answers.filter(({ prompt }) => /_1$/.test(String(prompt.details?.key))).map(({ prompt }) => prompt),
    );
    const kinds = ['strict', 'loose'].flatMap((kind) => {
      const [rote, mastered] = [counts[`RoteMemorization_${kind}`], counts[`CompleteMastery_${kind}`]];
      const lost = counts.InadequateGeneralization / 2 + rote + counts.InsufficientKnowledge;
      return [
        [`score (${kind})`, 1 - lost / problems.size],
        [`complete mastery (${kind})`, mastered / problems.size],
        [`rote memorization (${kind})`, rote / (rote + mastered)],
      ] as [string, number][];
    });
    const expected = [
      ...kinds,
      ['insufficient knowledge', counts.InsufficientKnowledge / problems.size] as const,
      ['inadequate generalization', counts.InadequateGeneralization / problems.size] as const,
    ].map(([name, value]) => [name, expect.closeTo(value, 12)]);
    expect(scorePolicy(examination, prompts, records).measures).toEqual(Object.fromEntries(expected));
  });

  it('asks for two pairs of angle brackets; tells steps by themselves from whole problems', () => {
    const [step] = prompts;
    const whole = prompts.find(({ details }) => details?.key === '3steps_multi')!;
    expect(examination.word!(step).question).toContain(
      'Option: A. 1 cm; B. 2 cm; C. 3 cm; D. No correct answer\nRegarding',
    );
    expect(examination.categoriesOf(step)).toEqual({ steps: ['1'], 'knowledge concept': ['Concept 0'] });
    expect(examination.categoriesOf(whole)).toEqual({ steps: ['3'] });
  });

  it('refuses prompts without what it goes by', () => {
    const bare = { ...prompts[0], details: undefined };
    const ask = () => examination.categoriesOf(bare);
    expect(ask).toThrow(/has no details\.key, .* rise convert --from we-math$/);
  });
});
