import type { PlacedPrompt } from '../../../src/datasets/check-prompts.ts';
import { describeContaminated, findContaminated } from '../../../src/datasets/contamination.ts';
import type { Contamination } from '../../../src/schema/left-out.ts';
import type { Prompt } from '../../../src/schema/prompt.ts';
import { aPrompt } from '../../support/factories.ts';

const anImage = (digit: string) => ({ key: `images/${digit}.png`, sha256: digit.repeat(64), width: 1, height: 1 });
const placed = (file: string, ...prompts: Partial<Prompt>[]): PlacedPrompt[] =>
  prompts.map((fields, index) => ({ place: `${file}:${index + 1}`, prompt: aPrompt({ images: [], ...fields }) }));
const find = (train: PlacedPrompt[], evaluation: PlacedPrompt[], by: Contamination[], ngramWords = 4) =>
  findContaminated(train, [{ name: 'evaluation', prompts: evaluation }], { by, ngramWords }).map(
    ({ promptId, reason, evaluationPromptId }) => [promptId, reason, evaluationPromptId],
  );

describe('contamination', () => {
  it('by content is of question, options and images, whatever the ids and spaces', () => {
    const train = placed('t', { promptId: 'a', question: 'How  many?', images: [anImage('a')] });
    const same = placed('e', { promptId: 'b', question: 'How many?', images: [anImage('a')] });
    expect(find(train, same, ['content'])).toEqual([['a', 'content', 'b']]);
    expect(
      find(train, placed('e', { promptId: 'b', question: 'How many?', images: [anImage('b')] }), ['content']),
    ).toEqual([]);
  });

  it.each<[Contamination, string, Partial<Prompt>, Partial<Prompt>, boolean]>([
    ['id', 'the id', { promptId: 'same' }, { promptId: 'same' }, true],
    ['id', 'another id', { promptId: 'one' }, { promptId: 'other' }, false],
    ['text', 'four words in a row', { question: 'Find the sum of x, y' }, { question: 'now FIND THE SUM OF it' }, true],
    [
      'text',
      'three words in a row',
      { question: 'find the sum: x y z' },
      { question: 'find the sum if we can' },
      false,
    ],
    ['text', 'a short question', { question: 'How many?' }, { question: 'how MANY' }, true],
    ['text', 'words in no Latin letters', { question: '求 图 中 面积 是' }, { question: '求 图 中 面积' }, true],
    ['text', 'no words', { question: '?' }, { question: '!' }, false],
    ['image', 'one of its images', { images: [anImage('a'), anImage('b')] }, { images: [anImage('b')] }, true],
    ['image', 'no image', { images: [anImage('a')] }, { images: [anImage('b')] }, false],
  ])('by %s is of %s', (by, _, train, evaluation, isFound) => {
    const own = placed('t', { promptId: 'a', question: 'x', ...train });
    const others = placed('e', { promptId: 'b', question: 'y', ...evaluation });
    expect(find(own, others, [by])).toHaveLength(isFound ? 1 : 0);
  });

  it('is told once a prompt, by the first rule that holds, with both places', () => {
    const train = placed('t', { promptId: 'a', question: 'How many?' }, { promptId: 'c', question: 'Why not?' });
    const evaluation = placed('e', { promptId: 'a', question: 'How many?' });
    expect(find(train, evaluation, ['text', 'id'])).toEqual([['a', 'text', 'a']]);
    const found = findContaminated(train, [{ name: 'evaluation', prompts: evaluation }], {
      by: ['id'],
      ngramWords: 13,
    });
    expect(describeContaminated(found)).toEqual([
      { place: 'e:1', message: 'a is also a training prompt by its id, at t:1; take it out of one' },
    ]);
  });
});
