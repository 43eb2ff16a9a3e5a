import { rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { mapBounded } from '../../base/bounded.ts';
import { keepHeapSmall } from '../../base/keep-heap-small.ts';
import { EndpointOptions } from '../../endpoints/endpoint-options.ts';
import type { Environment } from '../../endpoints/environment.ts';
import { createLanguageModel, type LanguageModel } from '../../endpoints/language-model.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import { createLocalStore } from '../../store/local-store.ts';
import { openRecordWriter } from '../../store/record-writer.ts';
import type { Store } from '../../store/store.ts';
import { createTextCache, type TextCache } from '../../store/text-cache.ts';
import { keepPrompts } from '../keep-prompts.ts';
import type { PromptFile } from '../prompt-file.ts';
import { type ChosenChains, chooseChains, isAnnotated } from './choose-chains.ts';
import { streamRows } from './dataset-rows.ts';
import { type ExtractedFacts, extractFacts } from './extract-facts.ts';

export interface AnnotateRequest {
  dataset: string;
  responses: string;
  out: string;
  /** As `EndpointOptions` takes it; checked here. */
  endpoint: Record<string, unknown>;
}

/** What it takes from whoever asks. */
export interface AnnotateDeps {
  /** Holds the endpoint's key. */
  environment: Environment;
  /** Called once it is known how many prompts need the model. */
  startProgress?: (prompts: number) => AnnotateProgress;
}

/** Hears of every prompt that is done, and of the end, be it an error. */
export interface AnnotateProgress {
  advance(): void;
  close(): void;
}

/** What came of the prompts, and what it took. */
export interface AnnotateSummary {
  out: string;
  prompts: number;
  annotated: number;
  /** Had annotations already, and keep them. */
  annotatedBefore: number;
  withoutRightResponse: number;
  /** The model found none; they get no annotations. */
  withoutFacts: number;
  facts: number;
  inputTokens: number;
  outputTokens: number;
  /** Absent without prices. */
  dollars?: number;
}

/**
 * Writes a copy of a dataset in which prompts have the visual facts of a right response as annotations. Prompts and responses
 * stream by. Answers of the model are kept beside the output until it is whole, so that the same command goes on after a
 * stop and pays for nothing twice.
 */
export async function annotateDataset(
  request: AnnotateRequest,
  { environment, startProgress }: AnnotateDeps,
): Promise<AnnotateSummary> {
  keepHeapSmall();
  const { dataset, out } = request;
  const endpoint = parseEndpoint(request.endpoint);
  const model = createLanguageModel(endpoint, environment);
  const folder = dirname(out);
  const store = createLocalStore(folder);
  if (await store.exists(basename(out))) {
    throw new InvalidInputError(`--out ${out} is already there; delete it or name another file`);
  }
  const partial = `${basename(out)}.partial/`;
  const cache = createTextCache(store, (hash) => `${partial}${hash}.json`);
  let file = '';
  const prompts = await keepPrompts({ store, folder, key: `${partial}prompts.jsonl` }, dataset, async ({ place }) => {
    file = place.replace(/:\d+$/, '');
  });
  const chains = await chooseChains(prompts, request.responses);
  try {
    // An image that the output cannot reach is refused before anything is paid for.
    for await (const _ of streamRows(file, folder));
    const progress = startProgress?.(chains.size);
    await askAll(prompts.size, chains, { model, cache, concurrency: endpoint.concurrency, progress });
    const summary = await writeAnnotated({ store, out, file }, prompts, (number) => {
      const chain = chains.chainOf(number);
      return chain && extractFacts(model, cache, chain);
    });
    await rm(`${out}.partial`, { recursive: true, force: true });
    const dollars = model.priceOf(summary);
    return { ...summary, ...(dollars !== undefined && { dollars }) };
  } finally {
    prompts.close();
    chains.close();
  }
}

function parseEndpoint(value: Record<string, unknown>): EndpointOptions {
  const endpoint = EndpointOptions.safeParse(value);
  if (endpoint.success) return endpoint.data;
  const toFlag = (field: string) => `--${field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const faults = endpoint.error.issues.map(({ path, message }) => {
    const flag = toFlag(path.join('-'));
    return value[String(path[0])] === undefined ? `${flag} is missing` : `${flag}: ${message}`;
  });
  throw new InvalidInputError(`${faults.join('\n')}\nrise annotate --help tells what an endpoint needs`);
}

interface Asking {
  model: LanguageModel;
  cache: TextCache;
  /** Requests under way at once. */
  concurrency: number;
  progress?: AnnotateProgress;
}

/**
 * Has the facts of every chain in the cache. Throws the first error once every request under way has ended, so that its answer
 * is kept.
 */
async function askAll(
  prompts: number,
  chains: ChosenChains,
  { model, cache, concurrency, progress }: Asking,
): Promise<void> {
  function* chosen() {
    for (let number = 0; number < prompts; number++) {
      const chain = chains.chainOf(number);
      if (chain) yield chain;
    }
  }
  await mapBounded(chosen(), concurrency, async (chain) => {
    await extractFacts(model, cache, chain);
    progress?.advance();
  }).finally(() => progress?.close());
}

/** Writes every line of the dataset again, with the facts of its prompt where there are any, and counts. */
async function writeAnnotated(
  { store, out, file }: { store: Store; out: string; file: string },
  prompts: PromptFile,
  factsOf: (number: number) => Promise<ExtractedFacts> | undefined,
): Promise<Omit<AnnotateSummary, 'dollars'>> {
  const counts = { annotated: 0, annotatedBefore: 0, withoutRightResponse: 0, withoutFacts: 0 };
  const spent = { facts: 0, inputTokens: 0, outputTokens: 0 };
  const writer = openRecordWriter(store, basename(out));
  let number = 0;
  for await (const raw of streamRows(file, dirname(out))) {
    const extracted = await factsOf(number);
    const facts = extracted?.facts ?? [];
    spent.facts += facts.length;
    spent.inputTokens += extracted?.inputTokens ?? 0;
    spent.outputTokens += extracted?.outputTokens ?? 0;
    if (extracted) counts[facts.length > 0 ? 'annotated' : 'withoutFacts'] += 1;
    else counts[isAnnotated(prompts.read(number)) ? 'annotatedBefore' : 'withoutRightResponse'] += 1;
    await writer.write(`${JSON.stringify(facts.length > 0 ? { ...raw, annotations: facts } : raw)}\n`);
    number += 1;
  }
  await writer.end();
  return { out, prompts: number, ...counts, ...spent };
}
