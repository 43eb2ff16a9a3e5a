import type { Random } from '../../base/random.ts';
import type { Bar, BarChart } from './bar-chart.ts';
import type { ShapeGrid, ShapeKind } from './shape-grid.ts';

/** What an image shows, before it is drawn. */
export type Scene = BarChart | ShapeGrid;

/** How bars are joined. */
export type Operator = '+' | '-' | '*';

/** What is asked of a scene, as the question words it: bars in the order in which it names them. */
export type Asked =
  | { kind: 'read'; bar: Bar }
  | { kind: 'arithmetic'; operator: Operator; first: Bar; second: Bar }
  | { kind: 'count'; wanted: ShapeKind };

/** A task before its image is rendered and its id computed. */
export interface TaskDraft {
  scene: Scene;
  question: string;
  /** Absent in the corpus-only tiers. */
  asked?: Asked;
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
