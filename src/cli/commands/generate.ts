import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { toTerminalText } from '../../base/terminal-text.ts';
import type { ContentPart } from '../../engine/processing/processor.ts';
import type { Precision } from '../../engine/runtime/rewrites/mixed-precision.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import { numberOption } from '../options/number-option.ts';
import { requireAdapter, requireModel } from '../options/require-folder.ts';
import { print, printForProgram } from '../print.ts';

interface GenerateOptions {
  model: string;
  adapter?: string;
  prompt: string;
  image: string[];
  system?: string;
  maxNewTokens: number;
  temperature: number;
  topP: number;
  topK: number;
  repetitionPenalty?: number;
  seed: number;
  precision: Precision;
  json?: boolean;
}

export function register(program: Command): void {
  program
    .command('generate')
    .description('answer a prompt with a checkpoint folder in Hugging Face layout')
    .requiredOption('--model <dir>', 'checkpoint folder')
    .option('--adapter <dir>', "LoRA adapter of that model, a folder in PEFT's format")
    .requiredOption('--prompt <text>', 'what to ask; comes after the images')
    .option('--image <file>', 'image to show; repeat it for several', (file, files: string[]) => [...files, file], [])
    .option('--system <text>', 'system message')
    .option('--max-new-tokens <n>', 'longest answer in tokens', numberOption({ least: 1, isWhole: true }), 256)
    .option('--temperature <t>', '0 takes the most likely token', numberOption({ least: 0 }), 0)
    .option('--top-p <p>', 'keep the fewest tokens of this total probability', numberOption({ least: 0, most: 1 }), 1)
    .option('--top-k <k>', 'keep the k most likely tokens; 0 keeps all', numberOption({ least: 0, isWhole: true }), 0)
    .option(
      '--repetition-penalty <p>',
      'over 1 lowers tokens already there; by default what the checkpoint says',
      numberOption({ least: 0.01 }),
    )
    .option('--seed <n>', 'for temperatures over 0', numberOption({ least: 0, most: 2 ** 32 - 1, isWhole: true }), 0)
    .addOption(
      new Option('--precision <p>', 'bf16 keeps weights as they are stored, in half the memory')
        .choices(['float32', 'bf16'])
        .default('float32'),
    )
    .option('--json', 'print one line: {"text", "tokenIds", "promptTokenIds", "finishReason"}')
    .action(generate);
}

async function generate({ model, prompt, image, json, ...request }: GenerateOptions): Promise<void> {
  await requireModel(model);
  if (request.adapter !== undefined) await requireAdapter(request.adapter);
  const [{ answerPrompt }, { createTextStream }] = await Promise.all([
    import('../../engine/answer-prompt.ts'),
    import('../views/text-stream.ts'),
  ]);
  const content: ContentPart[] = [...(await readImages(image)), { type: 'text', text: prompt }];
  const isShownAsItComes = !json && process.stdout.isTTY;
  const stream = createTextStream((piece) => process.stdout.write(toTerminalText(piece)));
  const answer = await answerPrompt(model, { ...request, content }, isShownAsItComes ? stream.update : undefined);
  if (isShownAsItComes) stream.end(`${answer.text}\n`);
  else if (json) print(JSON.stringify(answer));
  else printForProgram(answer.text);
}

/** Decodes the files here, where an error can name the file. */
async function readImages(files: string[]): Promise<ContentPart[]> {
  const { decodeImage } = await import('../../images/decode-image.ts');
  return Promise.all(
    files.map(async (file) => {
      const bytes = await readFile(file).catch((error: Error) => {
        throw new InvalidInputError(`--image ${file} cannot be read (${error.message})`, { cause: error });
      });
      return { type: 'image' as const, image: await decodeImage(bytes, file) };
    }),
  );
}
