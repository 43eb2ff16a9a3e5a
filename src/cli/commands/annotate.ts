import type { Command } from 'commander';
import { numberOption } from '../options/number-option.ts';
import { type Price, parsePrice } from '../options/price-option.ts';
import { print } from '../print.ts';

interface AnnotateOptions {
  responses: string;
  out: string;
  provider: string;
  model: string;
  baseUrl?: string;
  apiKeyVariable?: string;
  region?: string;
  concurrency?: number;
  requestsPerMinute?: number;
  price?: Price;
  json?: boolean;
}

const count = numberOption({ least: 1, isWhole: true });

export function register(program: Command): void {
  program
    .command('annotate')
    .description('let a language model find the visual facts in right responses, for the perception reward')
    .argument('<dataset>', 'a JSONL file, or a folder with one; prompts that have annotations keep them')
    .requiredOption('--responses <file>', 'JSONL of {promptId, response}; the first right one of a prompt is read')
    .requiredOption(
      '--out <file>',
      "JSONL to write, in the dataset's folder: it with annotations; the same command resumes",
    )
    .requiredOption('--provider <name>', 'bedrock (Amazon Bedrock), or openai (any OpenAI-compatible endpoint)')
    .requiredOption('--model <id>', 'model id, as the endpoint knows it')
    .option('--base-url <url>', 'of an openai endpoint, before /chat/completions')
    .option(
      '--api-key-variable <name>',
      'environment variable with the key of an openai endpoint; none is sent when absent',
    )
    .option('--region <region>', 'AWS region of bedrock; as the AWS SDK finds it when absent')
    .option('--concurrency <n>', 'requests under way at once (default: 8)', count)
    .option('--requests-per-minute <n>', 'no limit when absent', count)
    .option('--price <input,output>', 'US dollars per million tokens, to tell the cost', parsePrice)
    .option('--json', 'print one JSON object')
    .action(annotate);
}

async function annotate(dataset: string, { responses, out, json, ...endpoint }: AnnotateOptions): Promise<void> {
  const [{ annotateDataset }, { createItemProgress }, { renderAnnotation }] = await Promise.all([
    import('../../datasets/annotate/annotate-dataset.ts'),
    import('../views/item-progress.ts'),
    import('../views/render-dataset.ts'),
  ]);
  const environment = (name: string) => process.env[name];
  const startProgress = (prompts: number) => createItemProgress('annotate', prompts, 'prompts', process.stderr);
  const deps = json ? { environment } : { environment, startProgress };
  const summary = await annotateDataset({ dataset, responses, out, endpoint }, deps);
  print(json ? JSON.stringify(summary) : renderAnnotation(summary));
}
