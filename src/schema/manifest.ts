import { z } from 'zod';

/** One file a stage wrote. */
export const ManifestPart = z.object({
  key: z.string(),
  bytes: z.int().nonnegative(),
  sha256: z.string(),
  records: z.int().nonnegative().optional().describe('lines or examples, where the file has such'),
});
export type ManifestPart = z.infer<typeof ManifestPart>;

/** A manifest that the work was made from. */
export const ManifestInput = z.object({ key: z.string(), sha256: z.string().describe("of the manifest's bytes") });
export type ManifestInput = z.infer<typeof ManifestInput>;

/**
 * Written last, once, with a conditional put: a present manifest means the work is done.
 * Holds nothing that differs between two runs of the same config (no times, no hosts).
 */
export const Manifest = z.object({
  stage: z.string(),
  runId: z.string(),
  inputs: z
    .array(ManifestInput)
    .default([])
    .describe('what the work was made from, by key; of the code before, nothing'),
  parts: z.array(ManifestPart),
  summary: z.record(z.string(), z.unknown()).describe("the stage's result, deterministic"),
  seed: z.int().nonnegative(),
  versions: z
    .record(z.string(), z.string())
    .describe('of what the config chose for the work: rewards, algorithm, optimizer, expert, benchmarks'),
});
export type Manifest = z.infer<typeof Manifest>;
