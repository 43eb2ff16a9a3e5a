import { hashJson } from '../../base/hash.ts';
import { createRandom } from '../../base/random.ts';
import type { RawImage } from '../../base/raw-image.ts';
import { deriveSeed } from '../../base/seeds.ts';
import type { Task } from '../family.ts';
import { renderBarChart } from './bar-chart.ts';
import { renderShapeGrid } from './shape-grid.ts';
import type { Scene, TaskDraft, Tier } from './tier.ts';
import { TIERS, type TierName } from './tiers.ts';

/** Draws one task of a tier, of whichever split; a pure function of its arguments. */
export function drawTask(tier: TierName, seed: number): Task {
  return finishTask(TIERS[tier], draftTask(TIERS[tier], seed));
}

/** The cheap part of drawing: all but id and pixels, so that a draw can be rejected before it is rendered. */
export function draftTask(tier: Tier, seed: number): TaskDraft {
  return tier.draw(createRandom(deriveSeed('task', tier.name, seed)));
}

/** Renders a draft and gives it its id, `<tier>-<12 hex digits>` of the hash of scene and question. */
export function finishTask(tier: Tier, { asked: _, scene, ...draft }: TaskDraft): Task {
  return { promptId: taskId(tier, { scene, ...draft }), tier: tier.name, ...draft, images: [renderScene(scene)] };
}

export function taskId(tier: Tier, { scene, question }: Pick<TaskDraft, 'scene' | 'question'>): string {
  return `${tier.name}-${hashJson({ scene, question }, 12)}`;
}

export function renderScene(scene: Scene): RawImage {
  return scene.kind === 'bar-chart' ? renderBarChart(scene) : renderShapeGrid(scene);
}
