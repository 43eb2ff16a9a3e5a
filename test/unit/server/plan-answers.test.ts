import { createAdmission } from '../../../src/server/admission.ts';
import { parseChatRequest } from '../../../src/server/chat-request.ts';
import { planAnswers } from '../../../src/server/plan-answers.ts';

const processor = { stopTokenIds: [1], repetitionPenalty: 1.05 };
const limits = { contextLength: 100, maxTokens: 50, maxAnswers: 4 };
const plan = (changes: object, promptTokens = 20) => {
  const request = parseChatRequest({ model: 'm', messages: [{ role: 'user', content: '' }], ...changes });
  return planAnswers(request, promptTokens, processor, limits);
};

describe('The plan of an answer', () => {
  it('is what OpenAI takes for granted, the checkpoint what it says', () => {
    expect(plan({}).settings).toEqual({
      temperature: 1,
      topP: 1,
      topK: 0,
      repetitionPenalty: 1.05,
      maxNewTokens: 50,
      stopTokenIds: [1],
      likeliestCount: 0,
    });
  });

  it('gives the first answer the seed as it is, each further one the next', () => {
    expect(plan({ seed: 7, n: 3 }).seeds).toEqual([7, 8, 9]);
    expect(plan({ seed: -1, n: 2 }).seeds).toEqual([2 ** 32 - 1, 0]);
    expect(plan({}).seeds).not.toEqual(plan({}).seeds);
  });

  it.each([
    ['what is asked for', { max_tokens: 30 }, 20, 30],
    ['by the newer name, which goes first', { max_tokens: 9, max_completion_tokens: 30 }, 20, 30],
    ["the server's limit", {}, 20, 50],
    ['what the model has room for', {}, 90, 10],
  ])('is as long as %s', (_, changes, promptTokens, expected) => {
    expect(plan(changes, promptTokens).settings.maxNewTokens).toBe(expected);
  });

  it.each([
    ['more than the server gives', { max_tokens: 51 }, 20, 'max_tokens: 51 is over the 50'],
    ['more than the model has room for', { max_completion_tokens: 50 }, 60, 'give at most 40'],
    ['a prompt that leaves no room', {}, 100, 'messages: 100 tokens leave no room'],
    ['too many answers', { n: 5 }, 20, 'n: at most 4'],
  ])('refuses %s', (_, changes, promptTokens, message) => {
    expect(() => plan(changes, promptTokens)).toThrow(message);
  });
});

describe('Admission', () => {
  it('refuses those past its places, and says when to come again', () => {
    const { enter } = createAdmission(2);
    const leave = enter();
    enter();
    expect(enter).toThrow(expect.objectContaining({ status: 429, headers: { 'retry-after': '1' } }));
    leave();
    expect(enter).not.toThrow();
  });
});
