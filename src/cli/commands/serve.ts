import { once } from 'node:events';
import { type Command, Option } from 'commander';
import { toTerminalText } from '../../base/terminal-text.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import type { ServeRequest } from '../../server/serve-model.ts';
import type { AnsweredRequest } from '../../server/start-server.ts';
import { numberOption } from '../options/number-option.ts';
import { requireAdapter, requireModel } from '../options/require-folder.ts';
import { print } from '../print.ts';
import { stopSignal } from '../stop-signal.ts';

interface ServeOptions extends Omit<ServeRequest, 'access' | 'onAnswered'> {
  host: string;
  apiKeyEnv?: string;
  quiet?: boolean;
  json?: boolean;
}

export function register(program: Command): void {
  program
    .command('serve')
    .description("answer OpenAI's chat completions with a checkpoint folder in Hugging Face layout")
    .requiredOption('--model <dir>', 'checkpoint folder')
    .option('--adapter <dir>', "LoRA adapter of that model, a folder in PEFT's format")
    .option('--name <name>', 'by which requests name the model; by default its folder does')
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--port <n>', 'port; 0 takes a free one', numberOption({ least: 0, most: 65535, isWhole: true }), 8000)
    .option('--api-key-env <name>', 'environment variable with the key that requests must bring')
    .option('--max-together <n>', 'answers decoded together', numberOption({ least: 1, most: 256, isWhole: true }), 8)
    .option(
      '--max-waiting <n>',
      'requests that may wait; more are told to come again',
      numberOption({ least: 0, isWhole: true }),
      64,
    )
    .option('--max-tokens <n>', 'longest answer in tokens', numberOption({ least: 1, isWhole: true }), 8192)
    .addOption(
      new Option('--precision <p>', 'bf16 keeps weights as they are stored, in half the memory')
        .choices(['float32', 'bf16'])
        .default('float32'),
    )
    .option('--quiet', 'do not tell of requests')
    .option('--json', 'print one line once it listens, {"url", "model", "port", "precision"}, and one a request')
    .action(serve);
}

async function serve({ host, apiKeyEnv, quiet, json, ...options }: ServeOptions): Promise<void> {
  await requireModel(options.model);
  if (options.adapter !== undefined) await requireAdapter(options.adapter);
  const access = { host, apiKey: apiKeyEnv === undefined ? undefined : readKey(apiKeyEnv) };
  const [{ isLoopback }, { serveModel }] = await Promise.all([
    import('../../server/access.ts'),
    import('../../server/serve-model.ts'),
  ]);
  const stopped = stopSignal();
  if (!isLoopback(host)) warnOfHost(host, access.apiKey);
  const onAnswered = quiet ? undefined : (answered: AnsweredRequest) => tell(answered, json === true);
  const server = await serveModel({ ...options, access, onAnswered });
  const { url, port, name } = server;
  if (json) print(JSON.stringify({ url, model: name, port, precision: options.precision }));
  else print(`serving ${name} at ${url} (${options.precision}); Ctrl-C ends it`);
  if (!stopped.aborted) await once(stopped, 'abort');
  await server[Symbol.asyncDispose]();
}

function readKey(variable: string): string {
  const key = process.env[variable];
  if (key) return key;
  throw new InvalidInputError(`--api-key-env names ${variable}, which is not set; export the key under that name`);
}

function warnOfHost(host: string, apiKey: string | undefined): void {
  const who = apiKey === undefined ? 'everyone who reaches it can ask; give --api-key-env' : 'keys travel unencrypted';
  process.stderr.write(`warning: ${host} is more than this machine, and ${who}, or put a proxy with TLS before it\n`);
}

/** One line for each request, for people on standard error. */
function tell({ failure, ...answered }: AnsweredRequest, isJson: boolean): void {
  if (failure !== undefined) process.stderr.write(`${toTerminalText(String((failure as Error).stack ?? failure))}\n`);
  if (isJson) {
    print(JSON.stringify(answered));
    return;
  }
  const { method, path, status, seconds, usage } = answered;
  const tokens = usage ? `  ${usage.prompt_tokens} + ${usage.completion_tokens} tokens` : '';
  process.stderr.write(toTerminalText(`${status} ${method} ${path}  ${seconds.toFixed(2)} s${tokens}\n`));
}
