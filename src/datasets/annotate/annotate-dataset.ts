import { rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { mapBounded } from '../../base/bounded.ts';
import { EndpointOptions } from '../../endpoints/endpoint-options.ts';
import type { Environment } from '../../endpoints/environment.ts';
import { createLanguageModel, type LanguageModel } from '../../endpoints/language-model.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import { createLocalStore } from '../../store/local-store.ts';
import { encodeRecords } from '../../store/records.ts';
import { createTextCache, type TextCache } from '../../store/text-cache.ts';
import { chooseChains, isAnnotated } from './choose-chains.ts';
import { type DatasetRow, readDatasetRows } from './dataset-rows.ts';
import { type Chain, type ExtractedFacts, extractFacts } from './extract-facts.ts';

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
 * Writes a copy of a dataset in which prompts have the visual facts of a right response as annotations. Answers of the model are
 * kept beside the output until it is whole, so that the same command goes on after a stop and pays for nothing twice.
 */
export async function annotateDataset(
  request: AnnotateRequest,
  { environment, startProgress }: AnnotateDeps,
): Promise<AnnotateSummary> {
  const { dataset, out } = request;
  const endpoint = parseEndpoint(request.endpoint);
  const model = createLanguageModel(endpoint, environment);
  const store = createLocalStore(dirname(out));
  if (await store.exists(basename(out))) {
    throw new InvalidInputError(`--out ${out} is already there; delete it or name another file`);
  }
  const rows = await readDatasetRows(dataset, dirname(out));
  const chains = await chooseChains(rows, request.responses);
  const partial = `${basename(out)}.partial/`;
  const cache = createTextCache(store, (hash) => `${partial}${hash}.json`);
  const progress = startProgress?.(chains.size);
  const extracted = await extractAll(chains, { model, cache, concurrency: endpoint.concurrency, progress });

  const annotated = rows.map(({ raw, prompt }) => {
    const { facts } = extracted.get(prompt.promptId) ?? { facts: [] };
    return facts.length > 0 ? { ...raw, annotations: facts } : raw;
  });
  await store.write(basename(out), encodeRecords(annotated));
  await rm(`${out}.partial`, { recursive: true, force: true });
  return summarize(out, rows, extracted, model);
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

/**
 * Extracts the facts of every chain. Throws the first error once every request under way has ended, so that its answer
 * is kept.
 */
async function extractAll(
  chains: ReadonlyMap<string, Chain>,
  { model, cache, concurrency, progress }: Extraction,
): Promise<Map<string, ExtractedFacts>> {
  const entries = await mapBounded([...chains], concurrency, async ([promptId, chain]) => {
    const extracted = await extractFacts(model, cache, chain);
    progress?.advance();
    return [promptId, extracted] as const;
  }).finally(() => progress?.close());
  return new Map(entries);
}

interface Extraction {
  model: LanguageModel;
  cache: TextCache;
  /** Requests under way at once. */
  concurrency: number;
  progress?: AnnotateProgress;
}

function summarize(
  out: string,
  rows: readonly DatasetRow[],
  extracted: ReadonlyMap<string, ExtractedFacts>,
  model: LanguageModel,
): AnnotateSummary {
  const all = [...extracted.values()];
  const sum = (of: (one: ExtractedFacts) => number) => all.reduce((total, one) => total + of(one), 0);
  const tokens = { inputTokens: sum((one) => one.inputTokens), outputTokens: sum((one) => one.outputTokens) };
  const annotatedBefore = rows.filter(isAnnotated).length;
  const withoutFacts = all.filter(({ facts }) => facts.length === 0).length;
  const dollars = model.priceOf(tokens);
  return {
    out,
    prompts: rows.length,
    annotated: all.length - withoutFacts,
    annotatedBefore,
    withoutRightResponse: rows.length - annotatedBefore - all.length,
    withoutFacts,
    facts: sum(({ facts }) => facts.length),
    ...tokens,
    ...(dollars !== undefined && { dollars }),
  };
}
