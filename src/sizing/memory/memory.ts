/** What memory is held for, the lasting parts first. */
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

/** What each part is. */
export const PART_MEANINGS: Readonly<Record<MemoryPart, string>> = {
  weights: 'as products read them',
  masters: 'float32 of what is trained',
  gradients: 'summed over a step, and the largest one on its way there',
  moments: "the optimizer's",
  cache: 'keys and values of the slots',
  activations: 'of the sequences of a pass',
  scores: 'logits of the tokens of a pass',
  images: 'in the vision tower',
  framework: 'libraries, code, the allocator',
};

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
