import type { Random } from '../../base/random.ts';
import type { BarChart } from './bar-chart.ts';
import type { ShapeGrid } from './shape-grid.ts';

/** What an image shows, before it is drawn. */
export type Scene = BarChart | ShapeGrid;

/** A task before its image is rendered and its id computed. */
export interface TaskDraft {
  scene: Scene;
  question: string;
  /** An exact integer in digits; in the corpus-only tier `describe`, a text. */
  answer: string;
  /** The visual facts a correct reading mentions, worded as the solution words them. */
  annotations: string[];
  /** A worked solution, as a full response. */
  solution: string;
}

/** One kind of question at one level of difficulty. */
export interface Tier {
  name: string;
  draw(random: Random): TaskDraft;
}
