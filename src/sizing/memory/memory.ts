/** What memory is held for, the lasting parts first; docs/plan.md says what each is. */
export const MEMORY_PARTS = [
  'weights',
  'masters',
  'gradients',
  'moments',
  'cache',
  'activations',
  'scores',
  'images',
  'framework',
] as const;
export type MemoryPart = (typeof MEMORY_PARTS)[number];

/** Bytes by part. */
export type Memory = Record<MemoryPart, number>;

/** Where a job holds what, at its peak. On a machine without a GPU both are the same memory. */
export interface Footprint {
  device: Memory;
  host: Memory;
}

/** A memory of which some parts are given; the others are empty. */
export const memoryOf = (parts: Partial<Memory>): Memory => {
  return { ...(Object.fromEntries(MEMORY_PARTS.map((part) => [part, 0])) as Memory), ...parts };
};

export const totalBytes = (memory: Memory) => MEMORY_PARTS.reduce((total, part) => total + memory[part], 0);
