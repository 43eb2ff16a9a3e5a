import { register } from '../../src/cli/commands/generate.ts';
import { InvalidInputError } from '../../src/schema/errors.ts';
import { runCommand } from '../support/run-command.ts';
import { caseNames, fixturePath, loadParityCase, type StoredPart } from './fixtures.ts';

/** Runs `rise generate` with arguments and returns what it prints. */
async function generate(...args: string[]): Promise<string> {
  return (await runCommand(register, 'generate', ...args)).printed;
}

/** The command line has all images before one text. */
function fitsCommandLine(content: StoredPart[]): boolean {
  return content.every((part, index) => (part.type === 'text') === (index === content.length - 1));
}

const prompts = caseNames.flatMap((caseName) => {
  const { checkpoint, maxNewTokens, prompts } = loadParityCase(caseName);
  return prompts
    .filter(({ content }) => fitsCommandLine(content))
    .map((prompt) => ({ ...prompt, caseName, checkpoint, maxNewTokens }));
});

describe('rise generate', () => {
  it.each(prompts)('answers $caseName/$name as transformers does', async (prompt) => {
    const images = prompt.content.flatMap((part) =>
      part.type === 'image' ? ['--image', fixturePath(`${prompt.caseName}/${part.file}`)] : [],
    );
    const text = prompt.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('');
    const system = prompt.message.system === undefined ? [] : ['--system', prompt.message.system];
    const limits = ['--temperature', '0', '--max-new-tokens', `${prompt.maxNewTokens}`];
    const ask = ['--model', prompt.checkpoint, '--prompt', text, ...images, ...system, ...limits];
    const { greedy, tokenIds } = prompt.expected;
    expect(JSON.parse(await generate(...ask, '--json'))).toEqual({
      text: greedy.text,
      tokenIds: greedy.tokenIds,
      promptTokenIds: tokenIds,
      finishReason: greedy.finishReason,
    });
    expect(await generate(...ask)).toBe(greedy.text);
  });

  it('samples the same answer for the same seed, and another for another', async () => {
    const ask = ['--model', prompts[0].checkpoint, '--prompt', 'Why?', '--temperature', '1', '--max-new-tokens', '8'];
    const answer = await generate(...ask, '--seed', '1');
    expect(await generate(...ask, '--seed', '1')).toBe(answer);
    expect(await generate(...ask, '--seed', '2')).not.toBe(answer);
  });

  it('answers in bf16 too, and knows no other precision', async () => {
    const ask = [
      '--model',
      prompts[0].checkpoint,
      '--prompt',
      'Why?',
      '--max-new-tokens',
      '4',
      '--json',
      '--precision',
    ];
    const { promptTokenIds } = JSON.parse(await generate(...ask, 'bf16'));
    expect(JSON.parse(await generate(...ask, 'float32')).promptTokenIds).toEqual(promptTokenIds);
    await expect(generate(...ask, 'float16')).rejects.toThrow(/float16/);
  });

  it.each([
    ['a folder that is not there', ['--model', 'no/such', '--prompt', 'Why?'], '--model no/such is not a folder'],
    [
      'an image that is not there',
      ['--model', prompts[0].checkpoint, '--prompt', 'Why?', '--image', 'none.png'],
      '--image none.png cannot be read',
    ],
    [
      'a file that is no image',
      ['--model', prompts[0].checkpoint, '--prompt', 'Why?', '--image', __filename],
      'generate-command.test.ts cannot be decoded',
    ],
  ])('refuses %s', async (_, commandArguments, message) => {
    const running = generate(...commandArguments);
    await expect(running).rejects.toThrow(message);
    await expect(running).rejects.toBeInstanceOf(InvalidInputError);
  });

  it('refuses a temperature below zero', async () => {
    const ask = ['--model', prompts[0].checkpoint, '--prompt', 'Why?', '--temperature', '-1'];
    await expect(generate(...ask)).rejects.toThrow('Give a number of at least 0');
  });
});
