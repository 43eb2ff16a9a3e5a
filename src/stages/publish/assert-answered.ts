import { toleratedShareOf } from '../../experts/index.ts';
import type { ExpertConfig } from '../../schema/config/expert.ts';
import { UnansweredPromptsError } from '../../schema/errors.ts';
import type { ShardConsultation } from '../read-consultations.ts';

/** Throws `UnansweredPromptsError` where more prompts of the run are without an answer that may teach than it tolerates. */
export function assertAnswered(expert: ExpertConfig, consultations: readonly ShardConsultation[]): void {
  const consulted = consultations.reduce((sum, shard) => sum + shard.consulted, 0);
  const lacking = consultations.reduce((sum, shard) => sum + shard.consulted - shard.verified, 0);
  const share = toleratedShareOf(expert);
  if (lacking <= share * consulted) return;
  const [first, ...others] = consultations.flatMap(({ deadLetters }) => deadLetters ?? []);
  const more = others.length === 0 ? '' : ` and ${others.length} more such files`;
  throw new UnansweredPromptsError(
    `${lacking} of ${consulted} prompts that the expert ${expert.name} was asked about have no answer that may teach, over the ` +
      `share of ${share} that is tolerated; ${first}${more} hold what was said; correct the expert, or raise expert.toleratedShare`,
  );
}
