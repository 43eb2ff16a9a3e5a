import { parseChatRequest } from '../../../src/server/chat-request.ts';

const asked = { model: 'm', messages: [{ role: 'user', content: 'Why?' }] };
const user = (content: unknown) => ({ messages: [{ role: 'user', content }] });

describe('A chat request', () => {
  it('takes a conversation, what clients send of earlier answers included', () => {
    const answer = { role: 'assistant', content: 'Because.', refusal: null, annotations: [] };
    const messages = [{ role: 'system', content: 'Be brief.' }, ...asked.messages, answer, ...asked.messages];
    expect(parseChatRequest({ ...asked, messages }).messages).toHaveLength(4);
  });

  it('takes null as what was left out, and what asks for nothing', () => {
    const nothing = {
      temperature: null,
      stop: null,
      tools: [],
      tool_choice: 'none',
      response_format: { type: 'text' },
    };
    expect(() =>
      parseChatRequest({ ...asked, ...nothing, frequency_penalty: 0, logit_bias: {}, user: 'a' }),
    ).not.toThrow();
  });

  it.each([
    ['tools', 'tools', { tools: [{ type: 'function' }] }, 'calls no tools'],
    ['a forced tool', 'tool_choice', { tool_choice: 'required' }, 'calls no tools'],
    ['a schema', 'response_format', { response_format: { type: 'json_schema' } }, 'not constrained to a format'],
    ['speech', 'modalities', { modalities: ['text', 'audio'] }, 'answers are text'],
    ['a voice', 'audio', { audio: { voice: 'x' } }, 'neither hears nor speaks'],
    ['a penalty', 'presence_penalty', { presence_penalty: 0.5 }, 'repetition_penalty'],
    ['a bias', 'logit_bias.7', { logit_bias: { 7: 1 } }, 'not computed'],
    ['an unknown argument', 'best', { best: 1 }, 'knows no such argument'],
    ['a temperature', 'temperature', { temperature: 2.1 }, '<=2'],
    ['a top_p', 'top_p', { top_p: 0 }, '>0'],
    ['no token', 'max_tokens', { max_tokens: 0 }, '>0'],
    ['no answer', 'n', { n: 0 }, '>0'],
    ['a seed', 'seed', { seed: 1.5 }, 'int'],
    ['an empty stop text', 'stop.0', { stop: [''] }, '>=1 character'],
    ['five stop texts', 'stop', { stop: ['a', 'b', 'c', 'd', 'e'] }, '<=4'],
    ['likely tokens alone', 'top_logprobs', { top_logprobs: 2 }, 'needs logprobs: true'],
    ['too many likely tokens', 'top_logprobs', { logprobs: true, top_logprobs: 21 }, '<=20'],
    ['options of no stream', 'stream_options', { stream_options: { include_usage: true } }, 'needs stream: true'],
    ['no message', 'messages', { messages: [] }, '>=1'],
    ['no model', 'model', { model: undefined }, 'expected string'],
    ['an unknown role', 'messages.0.role', { messages: [{ role: 'bot', content: '' }] }, "'user'"],
    ['an answer of a tool', 'messages.0.role', { messages: [{ role: 'tool', content: '' }] }, 'calls no tools'],
    ['audio', 'messages.0.content.0', user([{ type: 'input_audio' }]), 'audio is not supported'],
    ['video', 'messages.0.content.0', user([{ type: 'video_url' }]), 'video is not supported'],
    ['a file', 'messages.0.content.0', user([{ type: 'file' }]), 'files are not supported'],
    ['an image without a place', 'messages.0.content', user([{ type: 'image_url' }]), 'image_url: '],
    ['a number for a text', 'messages.0.content', user(5), 'expected string'],
  ])('refuses %s by name: %s', (_, param, changes, fault) => {
    const parse = () => parseChatRequest({ ...asked, ...changes });
    expect(parse).toThrow(fault);
    expect(parse).toThrow(
      expect.objectContaining({ status: 400, body: { error: expect.objectContaining({ param }) } }),
    );
  });

  it.each([[null], [[]], ['text']])('refuses %j', (body) => {
    expect(() => parseChatRequest(body)).toThrow(/^body: .*expected object/);
  });
});
