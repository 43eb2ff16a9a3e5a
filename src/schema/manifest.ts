import { z } from 'zod';

/**
 * One file a stage wrote.
 * @example {
 *   key: 'runs/tiny-ea66957b/iteration-000000/plan/prompts-00000.jsonl', bytes: 21041,
 *   sha256: '05849ab3b46e44a20f5f9756eb419e86011f73a17c2816b1dc33de4ea35995b8', records: 48,
 * }
 */
export const ManifestPart = z.object({
  key: z.string(),
  bytes: z.int().nonnegative(),
  sha256: z.string(),
  records: z.int().nonnegative().optional().describe('lines or examples, where the file has such'),
});
export type ManifestPart = z.infer<typeof ManifestPart>;

/**
 * A manifest that the work was made from.
 * @example {
 *   key: 'runs/tiny-ea66957b/prompts/manifest.json',
 *   sha256: '456143bdbd0e586702075e9f5c801a1d79e9dd3456280cdbf7cb08081a64dae2',
 * }
 */
export const ManifestInput = z.object({ key: z.string(), sha256: z.string().describe("of the manifest's bytes") });
export type ManifestInput = z.infer<typeof ManifestInput>;

/**
 * What seals a piece of work, written last, once, with a conditional put: a present manifest means the work is done. It
 * holds nothing that differs between two runs of the same config (no times, no hosts).
 * @example {
 *   stage: 'plan', runId: 'tiny-ea66957b',
 *   inputs: [
 *     {
 *       key: 'runs/tiny-ea66957b/prompts/manifest.json',
 *       sha256: '456143bdbd0e586702075e9f5c801a1d79e9dd3456280cdbf7cb08081a64dae2',
 *     },
 *   ],
 *   parts: [
 *     {
 *       key: 'runs/tiny-ea66957b/iteration-000000/plan/prompts-00000.jsonl', bytes: 21041,
 *       sha256: '05849ab3b46e44a20f5f9756eb419e86011f73a17c2816b1dc33de4ea35995b8', records: 48,
 *     },
 *     {
 *       key: 'runs/tiny-ea66957b/iteration-000000/plan/shards.json', bytes: 127,
 *       sha256: '9dda7b21c15bff8c0c44af84664bbd9f62b0b9c7fce52c94a468d44fd87b0e6f', records: 1,
 *     },
 *   ],
 *   summary: { prompts: 48, shardCount: 1 }, seed: 1, versions: {},
 * }
 */
export const Manifest = z.object({
  stage: z.string(),
  runId: z.string(),
  inputs: z
    .array(ManifestInput)
    .default([])
    .describe('what the work was made from, by key; of the code before, nothing'),
  parts: z.array(ManifestPart),
  transient: z
    .array(ManifestPart)
    .optional()
    .describe('files for the work that comes next, deleted once that is done: that they are gone is no damage'),
  identity: z
    .string()
    .optional()
    .describe('hash of what later work reads of it, where its files name the run besides; of all files when absent'),
  summary: z.record(z.string(), z.unknown()).describe("the stage's result, deterministic"),
  seed: z.int().nonnegative(),
  versions: z
    .record(z.string(), z.string())
    .describe('of what the config chose for the work: rewards, algorithm, optimizer, expert, benchmarks'),
});
export type Manifest = z.infer<typeof Manifest>;
