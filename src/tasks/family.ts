import type { RawImage } from '../base/raw-image.ts';
import type { PromptSource } from '../schema/config/prompt-source.ts';
import type { Prompt } from '../schema/prompt.ts';

/** What the run config asks of a family. */
export type TaskSource = PromptSource & { kind: 'tasks' };

/** A question about rendered images, with its exact answer and how to get there. */
export interface Task {
  /** Equal tasks have equal ids. */
  promptId: string;
  tier: string;
  question: string;
  /** The right answer, as `Prompt.groundTruth`. */
  answer: string;
  /** The visual facts that a correct reading mentions. */
  annotations: string[];
  /** A worked solution, as a full response. */
  solution: string;
  /** In the order in which the question means them. */
  images: RawImage[];
  /** What benchmarks go by besides. */
  details?: Prompt['details'];
}

/** A kind of rendered task. Each is one folder of this room, and a line in its list. */
export interface TaskFamily {
  /** `family` of a prompt source in the run config. */
  name: string;
  /** Kinds of question, easiest first. */
  tiers: readonly string[];
  /**
   * Draws and renders distinct tasks of one split, as many per tier as asked. The same arguments give the same tasks;
   * splits share no image, whatever the seeds. Throws `InvalidInputError` where the split has fewer tasks than asked.
   */
  draw(source: Pick<TaskSource, 'split' | 'tiers' | 'seed'>): Task[];
}
