import { z } from 'zod';
import { ManifestInput } from './manifest.ts';

/**
 * `stages/<recipe>/<runId>.json`: a piece of work that a run has done, under the hash of all that its result follows from.
 * Another run that comes to the same hash takes the result.
 * @example {
 *   stage: 'rollout', runId: 'tiny-ea66957b',
 *   manifest: {
 *     key: 'trajectories/tiny-ea66957b/iteration-000000/00000/manifest.json',
 *     sha256: '456143bdbd0e586702075e9f5c801a1d79e9dd3456280cdbf7cb08081a64dae2',
 *   },
 * }
 */
export const OfferedWork = z.object({ stage: z.string(), runId: z.string(), manifest: ManifestInput });
export type OfferedWork = z.infer<typeof OfferedWork>;

/**
 * `taken.json` beside a manifest whose files another run has made. It is no part of the work, whose manifest is that of a
 * run that took nothing.
 * @example {
 *   runId: 'tiny-ea66957b', key: 'trajectories/tiny-ea66957b/iteration-000000/00000/manifest.json',
 *   sha256: '456143bdbd0e586702075e9f5c801a1d79e9dd3456280cdbf7cb08081a64dae2',
 * }
 */
export const TakenFrom = ManifestInput.extend({ runId: z.string().describe('who made it, or took it in turn') });
export type TakenFrom = z.infer<typeof TakenFrom>;
