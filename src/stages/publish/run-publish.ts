import { hashJson } from '../../base/hash.ts';
import type { PromptExample } from '../../formats/format.ts';
import { BUILT_IN_VERSIONS } from '../../rewards/index.ts';
import { addShortfall, noShortfall } from '../../routing/count-shortfall.ts';
import { decideShards } from '../../routing/decide-shards.ts';
import { readDiagnosis } from '../../routing/read-diagnosis.ts';
import { listExamples } from '../../routing/select-examples.ts';
import type { Shortfall } from '../../schema/decision.ts';
import { decisionsKey, sftIndexKey, sftLeftOutKey } from '../../schema/keys.ts';
import type { LeftOutExample } from '../../schema/left-out.ts';
import { countSources, type SftIndexEntry, type SourceCounts } from '../../schema/sft-example.ts';
import type { DiagnosedRun } from '../../schema/stage-inputs.ts';
import { encodeRecords } from '../../store/records.ts';
import { beginStage, type OpenStage } from '../begin-stage.ts';
import { readConsultations } from '../read-consultations.ts';
import type { StageDeps } from '../stage-deps.ts';
import { arrangeExamples } from './arrange-examples.ts';
import { assertAnswered } from './assert-answered.ts';
import { packShards } from './pack-shards.ts';

export interface PublishSummary extends SourceCounts {
  examples: number;
  shards: number;
  /** Examples beyond the share of their source; absent where there are none. */
  leftOut?: number;
  /** Absent where self-distillation gave as many examples as asked. */
  shortfall?: Shortfall;
}

/**
 * Writes the SFT examples of all diagnosis shards, shuffled, as WebDataset tars, an index of them, and the log of what was
 * decided of each prompt. Throws `UnansweredPromptsError` where the expert left more prompts without an answer than the run
 * tolerates.
 */
export async function runPublish(deps: StageDeps, input: DiagnosedRun): Promise<PublishSummary> {
  const work = await beginStage<PublishSummary>(deps.store, { stage: 'publish', input });
  if (work.kind === 'done') return work.summary;
  const { store, config, prefix, runId } = work;
  assertAnswered(config.expert, await readConsultations(store, input));
  const selectedExamples: PromptExample[] = [];
  let shortfall = noShortfall(config.diagnosis.maxKeptPerPrompt);
  for await (const { shard, selected, decisions } of decideShards(
    runId,
    config,
    readDiagnosis(work, input.shardCount),
  )) {
    await work.writePart(decisionsKey(runId, shard), encodeRecords(decisions), decisions.length);
    shortfall = addShortfall(shortfall, decisions);
    selectedExamples.push(...listExamples(selected));
  }
  const { examples, leftOut } = arrangeExamples(selectedExamples, config);
  await writeLeftOut(work, leftOut);
  const index: SftIndexEntry[] = [];
  let shards = 0;
  for await (const shard of packShards(store, examples, config.sft.examplesPerShard)) {
    await work.writePart(`${prefix}${shard.name}`, shard.bytes, shard.index.length);
    index.push(...shard.index);
    shards += 1;
    deps.report({ stage: 'publish', done: index.length, total: examples.length, unit: 'examples' });
  }
  await work.writePart(sftIndexKey(runId), encodeRecords(index), index.length);
  const { accuracy, format } = BUILT_IN_VERSIONS;
  const counts = { examples: examples.length, ...countSources(index), shards };
  return work.finish(
    {
      ...counts,
      ...(leftOut.length > 0 && { leftOut: leftOut.length }),
      ...(shortfall.prompts > 0 && { shortfall }),
    },
    { accuracy, format },
    identifyExamples(examples, config.sft.examplesPerShard),
  );
}

async function writeLeftOut(work: OpenStage<PublishSummary>, leftOut: readonly PromptExample[]): Promise<void> {
  if (leftOut.length === 0) return;
  const records = leftOut.map(({ example: { exampleId, promptId, source } }): LeftOutExample => {
    return { exampleId, promptId, source };
  });
  await work.writePart(sftLeftOutKey(work.runId), encodeRecords(records), records.length);
}

/** Hash of what SFT reads of the shards: their evidence names the run. */
function identifyExamples(examples: readonly PromptExample[], examplesPerShard: number): string {
  const read = examples.map(({ prompt: { question, options, images }, example: { exampleId, response } }) => {
    return [exampleId, response, question, options ?? [], images.map(({ sha256 }) => sha256)];
  });
  return hashJson([read, examplesPerShard]);
}
