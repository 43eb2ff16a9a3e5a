import { z } from 'zod';
import { ExpertUsage } from '../schema/expert-answer.ts';
import type { TextCache } from '../store/text-cache.ts';
import type { Reply } from './expert.ts';

/** A reply as the cache keeps it. */
const KeptReply = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('answered'),
    response: z.string(),
    flaw: z.string().optional(),
    usage: ExpertUsage.optional(),
  }),
  z.object({ kind: z.literal('failed'), failure: z.string(), usage: ExpertUsage.optional() }),
]);

/** The reply that was given to this very question before, or a new one, which is kept: nothing is paid for twice. */
export async function keptReply(answers: TextCache, key: string, ask: () => Promise<Reply>): Promise<Reply> {
  const kept = await answers.read(key);
  if (kept !== undefined) return KeptReply.parse(JSON.parse(kept));
  const reply = await ask();
  if (reply.kind !== 'silent') await answers.write(key, JSON.stringify(reply));
  return reply;
}
