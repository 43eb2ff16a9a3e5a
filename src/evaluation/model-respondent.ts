import { splitBySize } from '../base/split-list.ts';
import { openEngine, type Precision } from '../engine/open-engine.ts';
import { folderModelFiles } from '../engine/weights/model-files.ts';
import { samplePrompts } from '../stages/sample-prompts.ts';
import { answerSeed } from '../stages/seeds.ts';
import { hashCheckpoint } from './hash-checkpoint.ts';
import type { Respondent } from './respondent.ts';

/** A checkpoint folder that answers. */
export interface AnsweringModel {
  model: string;
  /** Folder of a LoRA adapter for the model. */
  adapter?: string;
  precision: Precision;
  /** Sequences decoded together. */
  sequences: number;
}

/** A batch is this many times what is decoded together: its end, where slots run empty, comes seldom. */
const ROUNDS_PER_BATCH = 4;

/** The model of a checkpoint folder as a respondent, on our own engine. */
export async function openModelRespondent(
  { model, adapter, precision, sequences }: AnsweringModel,
  completionsPerPrompt: number,
): Promise<Respondent> {
  const engine = await openEngine(folderModelFiles(model), {
    engine: 'traced',
    precision,
    ...(adapter !== undefined && { adapter: { kind: 'stored', files: folderModelFiles(adapter) } }),
  });
  const promptsPerRound = Math.max(1, Math.floor(sequences / completionsPerPrompt));
  const sampler = engine.createSampler(promptsPerRound * completionsPerPrompt);
  return {
    identity: {
      ...{ model, sha256: await hashCheckpoint(model) },
      ...(adapter !== undefined && { adapter, adapterSha256: await hashCheckpoint(adapter) }),
      precision: engine.precision,
    },
    promptsPerBatch: ROUNDS_PER_BATCH * promptsPerRound,
    async answer({ store, plan }, prompts) {
      const { seed, sampling, systemPrompt } = plan;
      const scope = { store, config: { policy: { systemPrompt } } };
      const completions = await samplePrompts(scope, engine.processor, sampler, splitBySize(prompts, promptsPerRound), {
        completionsPerPrompt,
        sampling,
        seedOf: ({ promptId }, index) => answerSeed(seed, promptId, index),
      });
      return completions.map(({ prompt: { promptId }, index, text, tokenIds, finishReason }) => {
        return { promptId, sampleIndex: index, text, tokenCount: tokenIds.length, finishReason };
      });
    },
    close: () => engine[Symbol.dispose](),
  };
}
