import { findMarkFault, highestImageMark, layOutImages } from '../../../src/schema/image-marks.ts';

/** Text and images as one string: `[0]` stands for the first image. */
const layOut = (text: string, imageCount: number) =>
  layOutImages(text, imageCount)
    .map((piece) => (piece.kind === 'text' ? piece.text : `[${piece.index}]`))
    .join('');

describe('an image mark', () => {
  it.each([
    ['<image>\nHow many bars?', 1, '[0]\nHow many bars?'],
    ['Is <image> brighter than <image>?', 2, 'Is [0] brighter than [1]?'],
    ['<image><image>Which?', 2, '[0][1]Which?'],
    ['Compare <image 1> with <image 2>.', 2, 'Compare [0] with [1].'],
    ['Compare <image2> with <image1>.', 2, 'Compare [1] with [0].'],
    ['Compare <image_1> with <image-2>.', 2, 'Compare [0] with [1].'],
    ['<Image>\nHow many?', 1, '[0]\nHow many?'],
    ['<IMAGE 1> How many?', 1, '[0] How many?'],
    ['Choose.\n(A) <image>\n(B) <image>', 2, 'Choose.\n(A) [0]\n(B) [1]'],
    ['As <image1> shows, <image1> is red', 1, 'As [0] shows, <image1> is red'],
    ['<image1> or <image2>', 1, '[0] or <image2>'],
    ['As <image 2> shows', 2, '[0]As [1] shows'],
    ['How many?', 2, '[0][1]How many?'],
    ['Is a < image > b?', 1, '[0]Is a < image > b?'],
    ['2 + 2', 0, '2 + 2'],
  ])('of %j with %d images stands where its image goes', (text, count, expected) => {
    expect(layOut(text, count)).toBe(expected);
  });

  it.each([
    [['<image><image>Which?'], 1, /^2 <image> marks for 1 image; /],
    [['<image>\nHow many?'], 0, /^1 <image> mark for 0 images; /],
    [['<image>\nHow many?'], 2, /^1 <image> mark for 2 images; /],
    [['Which?', '<image>', '<image>', '<image>'], 2, /^3 <image> marks for 2 images; /],
    [['<image 1> and <image>'], 2, /number all or none/],
    [['<image0> and <image1>'], 2, /^<image0> marks no image: they count from 1/],
    [['<image 3>'], 2, /^<image 3> has no image: the prompt has 2/],
    [['<image1>'], 0, /^<image1> has no image: the prompt has 0/],
    [['<|image_1|>\nHow many?'], 1, /^<\|image_1\|> is read as text/],
    [['<img src="a.png"> How many?'], 1, /^<img src="a.png"> is read as text/],
    [['</image> How many?'], 1, /is read as text/],
    [['<video>\nWhat happens?'], 0, /^<video> is read as text/],
    [['<audio>\nWho speaks?'], 0, /^<audio> is read as text/],
  ])('of %j with %d images is a fault', (texts, count, message) => {
    expect(findMarkFault(texts, count)).toMatch(message);
  });

  it.each([
    [['<image>\nHow many?'], 1],
    [['Which?', '<image>', '<image>'], 2],
    [['Which?', '<image1>', '<image2>'], 1],
    [['<image1> and <image1> and <image2>'], 2],
    [['How many?'], 3],
    [['Is x<image_size and y>2? Is a<imaginary b>?'], 0],
  ])('of %j with %d images is sound', (texts, count) => {
    expect(findMarkFault(texts, count)).toBeUndefined();
  });

  it('may come very often', () => {
    const text = '<image1>'.repeat(200_000);
    expect(highestImageMark([text])).toBe(1);
    expect(highestImageMark([`${text}<image7>`])).toBe(7);
    expect(findMarkFault([text], 1)).toBeUndefined();
    expect(findMarkFault(['<image>'.repeat(200_000)], 1)).toMatch(/^200000 <image> marks/);
    expect(layOutImages(text, 1)).toHaveLength(2);
  });
});
