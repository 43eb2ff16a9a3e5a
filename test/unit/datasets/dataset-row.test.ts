import { imagePathsOf, parseRow } from '../../../src/datasets/dataset-row.ts';

const parse = (row: object) => parseRow(JSON.stringify(row));
const base = { question: 'How many?', answer: '7' };

describe('a record of a dataset', () => {
  it.each<[string, object, object]>([
    [
      'our names',
      { promptId: 'a', images: ['x.png'], groundTruth: '7', question: 'q' },
      { promptId: 'a', groundTruth: '7' },
    ],
    ['numbers as text', { id: 4, question: 'q', answer: 6 }, { promptId: '4', groundTruth: '6' }],
    [
      'MathVista',
      { pid: '1', question: 'q', image: 'x.png', choices: ['a', 'b'], answer: 'a' },
      { options: ['a', 'b'] },
    ],
    [
      'MathVerse',
      { sample_index: '9', problem_index: '3', question: 'q', answer: 'A', image: 'x.png' },
      { promptId: '9' },
    ],
    [
      'MMMU',
      { id: 'v', question: '<image 1>', image_1: 'x.png', image_2: null, answer: 'A' },
      { imagePaths: ['x.png'] },
    ],
    ['We-Math', { ID: 'w', question: 'q', image_path: 'x.png', answer: 'A' }, { promptId: 'w', imagePaths: ['x.png'] }],
    ['LogicVista', { id: 1, question: 'q', imagename: 'x.png', answer: 'A' }, { imagePaths: ['x.png'] }],
    ['R1-V', { problem: 'q', answer: '3', image: 'x.png' }, { question: 'q' }],
    [
      'VLMEvalKit',
      { index: 0, question: 'q', A: 'red', B: 'blue', C: null, answer: 'A' },
      { promptId: '0', options: ['red', 'blue'] },
    ],
    ['options by letter', { ...base, options: { A: 'red', B: 'blue' }, answer: 'A' }, { options: ['red', 'blue'] }],
    ['Hugging Face paths', { ...base, images: [{ path: 'x.png', bytes: null }] }, { imagePaths: ['x.png'] }],
    ['an image in a list', { ...base, image: ['x.png', 'y.png'] }, { imagePaths: ['x.png', 'y.png'] }],
    ['a path as images', { ...base, images: 'x.png' }, { imagePaths: ['x.png'] }],
    ['images that are empty beside image', { ...base, image: 'x.png', images: [] }, { imagePaths: ['x.png'] }],
    ['images and image alike', { ...base, image: 'x.png', images: ['x.png'] }, { imagePaths: ['x.png'] }],
    ['options that are empty', { ...base, options: [], choices: null }, {}],
    ['a level', { ...base, level: 3 }, { tier: 'level 3' }],
    ['a subject before the level', { ...base, level: 3, subject: 'algebra' }, { tier: 'algebra' }],
    ['line separators within text', { ...base, question: 'a\u2028b' }, { question: 'a\u2028b' }],
  ])('is read by the names of %s', (_, row, expected) => {
    expect(parse(row)).toMatchObject(expected);
  });

  it.each<[string, object | string, RegExp]>([
    ['images and image that differ', { ...base, image: 'x.png', images: ['y.png'] }, /^images and image differ; keep/],
    [
      'options and choices that differ',
      { ...base, options: ['a', 'b'], choices: ['a', 'c'] },
      /^options and choices differ/,
    ],
    ['two answers', { ...base, ground_truth: '8' }, /^answer and ground_truth differ/],
    [
      'a picture under another name',
      { ...base, picture: 'x.png' },
      /^picture names a picture and is not read; name image files/,
    ],
    ['a picture behind a URL', { ...base, image_url: 'https://example.org/x' }, /^image_url names a picture/],
    [
      'pictures as bytes under another name',
      { ...base, decoded_image: { bytes: 'iVBO' } },
      /^decoded_image names a picture/,
    ],
    ['a video', { ...base, video: 'x.mp4' }, /^video is not read/],
    [
      'a conversation',
      { messages: [{ role: 'user', content: 'q' }] },
      /^messages is a conversation; a record is one question, \{"id"/,
    ],
    ['sharegpt', { conversations: [{ from: 'human', value: 'q' }], images: [] }, /^conversations is a conversation/],
    ['a prompt of messages', { prompt: [{ role: 'user', content: 'q' }], answer: '1' }, /^prompt is a conversation/],
    [
      'a picture in the line',
      { ...base, images: [{ bytes: 'iVBORw0', path: null }] },
      /^images\.0: a picture in the line itself/,
    ],
    ['an image that is a number', { ...base, image: 5 }, /^images\.0: 5 is no path; write the picture to a file/],
    [
      'true as an answer',
      { question: 'q', answer: true },
      /^groundTruth \(or answer\): true is neither text nor a number/,
    ],
    ['a list as an answer', { question: 'q', answer: ['a', 'b'] }, /: a list is neither text nor a number/],
    ['null as an answer', { question: 'q', answer: null }, /groundTruth \(or answer\) is missing/],
    ['a solution alone', { question: 'q', solution: 'so 7' }, /is missing; a solution is a worked one/],
    ['no question', { answer: '7', text: 'How?' }, /^question: missing; the fields text are not read/],
    ['a question that is a number', { question: 5, answer: '7' }, /^question: 5 is no text/],
    ['options as text', { ...base, options: "['a', 'b']" }, /^options: the text "\['a', 'b'\]" is no list/],
    ['an option that is null', { ...base, options: ['a', null] }, /^options\.1: null is neither/],
    [
      'an index beside choices',
      { question: 'q', choices: ['a', 'b'], answer: 1 },
      /^answer: 1 beside choices may be an index/,
    ],
    [
      'an id of 20 digits',
      '{"id": 12345678901234567890, "question": "q", "answer": "7"}',
      /^promptId: a number beyond 2\^53/,
    ],
    [
      'an answer of 20 digits',
      '{"question": "q", "answer": 12345678901234567890}',
      /\(or answer\): a number beyond 2\^53/,
    ],
    ['an id of 1e400', '{"id": 1e400, "question": "q", "answer": "7"}', /^promptId: a number beyond 2\^53/],
    ['half a character', '{"question": "q \\ud83d", "answer": "7"}', /^question: holds half a character/],
    ['a list as a line', '[{"question": "q"}]', /^the line is a list, no record; write each element/],
    ['a number as a line', '5', /^the line is 5, no record/],
    ['a record over several lines', '{', /^no JSON: a record is one line/],
    ['lines that end in CR alone', '{"a": 1}\r{"a": 2}', /^no JSON: lines end with a carriage return alone/],
    ['NUL bytes', '\0{\0}', /^no JSON: the line holds NUL bytes/],
  ])('is refused with %s', (_, row, message) => {
    expect(() => parseRow(typeof row === 'string' ? row : JSON.stringify(row))).toThrow(message);
  });

  it('names the fields that nobody reads', () => {
    const row = {
      ...base,
      id: 'a',
      pid: 'b',
      hint: 'look',
      split: 'test',
      width: 300,
      source: 'https://example.org/',
      empty: null,
    };
    expect(parse(row).unread).toEqual(['pid', 'hint', 'split', 'width', 'source']);
    const linked = { ...base, image: 'x.png', image_url: 'https://example.org/x.png', caption: 'a bar chart' };
    expect(parse(linked).unread).toEqual(['image_url', 'caption']);
  });

  it('has a message of some dozen characters, whatever it holds', () => {
    const picture = `data:image/png;base64,${'iVBO'.repeat(100_000)}`;
    const rows = [
      { ...base, picture },
      { ...base, options: picture },
      { question: { picture } },
      { messages: picture },
    ];
    for (const row of rows) {
      let message = '';
      try {
        parse(row);
      } catch (error) {
        message = (error as Error).message;
      }
      expect(message).toMatch(/./);
      expect(message.length).toBeLessThan(250);
    }
  });

  it('tells its image paths as far as it can be read', () => {
    expect(imagePathsOf(JSON.stringify({ image_1: 'a.png', image_2: 'b.png' }))).toEqual(['a.png', 'b.png']);
    expect(imagePathsOf('no json')).toEqual([]);
    expect(imagePathsOf(JSON.stringify({ images: [{ bytes: 'x' }] }))).toEqual([]);
  });
});
