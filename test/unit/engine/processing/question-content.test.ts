import { questionContent } from '../../../../src/engine/processing/question-content.ts';

const first = Uint8Array.of(1);
const second = Uint8Array.of(2);
const image = (bytes: Uint8Array) => ({ type: 'image', image: bytes });
const text = (value: string) => ({ type: 'text', text: value });

describe('a question as message content', () => {
  it('has each image where the text marks it', () => {
    const content = questionContent('Is <image2> larger than <image1>?', [first, second]);
    expect(content).toEqual([text('Is '), image(second), text(' larger than '), image(first), text('?')]);
  });

  it('has unmarked images first, in order', () => {
    expect(questionContent('How many?', [first, second])).toEqual([image(first), image(second), text('How many?')]);
    expect(questionContent('As <image2> shows', [first, second])).toEqual([
      image(first),
      text('As '),
      image(second),
      text(' shows'),
    ]);
  });

  it('keeps marks of figures within one picture as text', () => {
    const content = questionContent('<image1> or <image2>: as <image1>', [first]);
    expect(content).toEqual([image(first), text(' or <image2>: as <image1>')]);
  });

  it('is the text alone without images', () => {
    expect(questionContent('2 + 2 = ?', [])).toEqual([text('2 + 2 = ?')]);
  });
});
