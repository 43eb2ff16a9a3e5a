import { z } from 'zod';
import { hashJson } from '../../base/hash.ts';
import { fenceResponse, toPlainLine } from '../../endpoints/fence.ts';
import type { LanguageModel } from '../../endpoints/language-model.ts';
import type { StructuredRequest } from '../../endpoints/structured-request.ts';
import type { TextCache } from '../../store/text-cache.ts';

/** The version of the request below; it changes with every change to it. */
const PROMPT_VERSION = '1';

const MAX_FACTS = 20;
const MAX_FACT_CHARACTERS = 200;

/** The facts of one chain of thought, and what finding them took. */
export const ExtractedFacts = z.object({
  facts: z.array(z.string()),
  inputTokens: z.number(),
  outputTokens: z.number(),
});
export type ExtractedFacts = z.infer<typeof ExtractedFacts>;

/** A prompt's question and a response that answers it rightly. */
export interface Chain {
  question: string;
  response: string;
}

/**
 * Asks a language model for the atomic visual facts a right chain of thought rests on (Perception-R1, arXiv 2506.07218); what
 * was asked before comes from the cache.
 */
export async function extractFacts(model: LanguageModel, cache: TextCache, chain: Chain): Promise<ExtractedFacts> {
  const content = [...model.identity, PROMPT_VERSION, chain.question, chain.response];
  const key = hashJson(content);
  const kept = await cache.read(key);
  if (kept !== undefined) return ExtractedFacts.parse(JSON.parse(kept));
  const { value: facts, ...tokens } = await model.ask(buildRequest(chain), readFacts);
  const extracted = { facts, ...tokens };
  await cache.write(key, JSON.stringify(extracted));
  return extracted;
}

function buildRequest({ question, response }: Chain): StructuredRequest {
  const { open, close, shown, rule } = fenceResponse(response, [question]);
  return {
    system: [
      'You list the visual facts that a response to a question about an image took from the image.',
      'Each fact is atomic: one number, label, colour, count, position or relation that one can see. Each is a short sentence or',
      'phrase that is understood by itself. Leave out what the question already says, what is calculated or deduced, general',
      'knowledge, and the final answer unless it is read off the image. List no fact twice; list none if there are none.',
      rule,
    ].join('\n'),
    user: [
      `Question: ${toPlainLine(question)}`,
      '',
      open,
      shown,
      close,
      '',
      'The response has ended. List its visual facts.',
    ].join('\n'),
    answerName: 'record_facts',
    answerDescription: 'Records the visual facts the response took from the image.',
    answerSchema: {
      type: 'object',
      properties: { facts: { type: 'array', items: { type: 'string' } } },
      required: ['facts'],
      additionalProperties: false,
    },
    maxOutputTokens: 1024,
  };
}

const FactList = z.object({ facts: z.array(z.string()) });

function readFacts(value: unknown): string[] | undefined {
  const parsed = FactList.safeParse(value);
  if (!parsed.success) return undefined;
  const facts = parsed.data.facts.map(toPlainLine).filter((fact) => fact !== '' && fact.length <= MAX_FACT_CHARACTERS);
  return [...new Set(facts)].slice(0, MAX_FACTS);
}
