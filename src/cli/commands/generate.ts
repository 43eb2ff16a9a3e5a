import { readFile, stat } from 'node:fs/promises';
import type { Command } from 'commander';
import type { OnStep } from '../../engine/generation/sampler.ts';
import type { Completion, GenerationSettings } from '../../engine/generation/sequence.ts';
import type { Policy } from '../../engine/policy.ts';
import type { ContentPart, ProcessedPrompt } from '../../engine/processing/processor.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import { numberOption } from '../options/number-option.ts';
import { createTextStream } from '../views/text-stream.ts';

interface GenerateOptions {
  model: string;
  prompt: string;
  image: string[];
  system?: string;
  maxNewTokens: number;
  temperature: number;
  topP: number;
  topK: number;
  repetitionPenalty?: number;
  seed: number;
  json?: boolean;
}

export function register(program: Command): void {
  program
    .command('generate')
    .description('answer a prompt with a checkpoint folder in Hugging Face layout')
    .requiredOption('--model <dir>', 'checkpoint folder')
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
    .option('--json', 'print one line: {"text", "tokenIds", "promptTokenIds", "finishReason"}')
    .action(runGenerate);
}

async function runGenerate(options: GenerateOptions): Promise<void> {
  await requireFolder(options.model);
  const [{ loadPolicy }, { folderModelFiles }] = await Promise.all([
    import('../../engine/policy.ts'),
    import('../../engine/weights/model-files.ts'),
  ]);
  const content: ContentPart[] = [...(await readImages(options.image)), { type: 'text', text: options.prompt }];
  const policy = await loadPolicy(folderModelFiles(options.model));
  const prompt = await policy.processor.processPrompt({ system: options.system, content });
  const { tokenIds, finishReason } = await answer(policy, prompt, options);
  const text = policy.processor.decode(tokenIds, { skipSpecialTokens: true });
  if (options.json) {
    console.log(JSON.stringify({ text, tokenIds, promptTokenIds: prompt.tokenIds, finishReason }));
  } else if (!process.stdout.isTTY) {
    console.log(text);
  }
}

/** Generates the completion; on a terminal, and without `--json`, its text appears as it comes. */
async function answer(policy: Policy, prompt: ProcessedPrompt, options: GenerateOptions): Promise<Completion> {
  const [{ createSampler }, { createTracedExecutor }] = await Promise.all([
    import('../../engine/generation/sampler.ts'),
    import('../../engine/runtime/traced-executor.ts'),
  ]);
  const { maxNewTokens, temperature, topP, topK, seed } = options;
  const { stopTokenIds, decode } = policy.processor;
  const repetitionPenalty = options.repetitionPenalty ?? policy.processor.repetitionPenalty;
  const settings: GenerationSettings = { maxNewTokens, temperature, topP, topK, repetitionPenalty, stopTokenIds };
  const toText = ({ tokenIds }: { tokenIds: readonly number[] }) => decode(tokenIds, { skipSpecialTokens: true });
  const sampler = createSampler(policy.model, createTracedExecutor(), 1);
  const generate = async (onStep?: OnStep) => (await sampler.generate([{ prompt, seed }], settings, onStep))[0];
  if (options.json || !process.stdout.isTTY) return generate();
  const stream = createTextStream((piece) => process.stdout.write(piece));
  const completion = await generate((_, [growing]) => stream.update(toText(growing)));
  stream.end(toText(completion));
  process.stdout.write('\n');
  return completion;
}

async function requireFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory()) return;
  throw new InvalidInputError(`--model ${path} is not a folder; give a checkpoint folder in Hugging Face layout`);
}

/** Decodes the files here, where an error can name the file. */
async function readImages(files: string[]): Promise<ContentPart[]> {
  const { decodeImage } = await import('../../engine/processing/decode-image.ts');
  return Promise.all(
    files.map(async (file) => {
      const bytes = await readFile(file).catch((error: Error) => {
        throw new InvalidInputError(`--image ${file} cannot be read (${error.message})`, { cause: error });
      });
      return { type: 'image' as const, image: await decodeImage(bytes, file) };
    }),
  );
}
