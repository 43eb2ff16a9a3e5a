import { InvalidInputError } from '../schema/errors.ts';
import { charts } from './charts/charts.ts';
import { chartInquiries } from './charts/inquiries/chart-inquiries.ts';
import type { Task, TaskFamily, TaskSource } from './family.ts';

/** Families that a run config names. */
export const TASK_FAMILIES: readonly TaskFamily[] = [charts, chartInquiries];

const findFamily = (name: string) => TASK_FAMILIES.find((family) => family.name === name);

/** What a source asks for that there is not: its field below the source, and why. */
export function findTaskFaults({ family: name, tiers }: TaskSource): { path: string[]; message: string }[] {
  const family = findFamily(name);
  if (!family) {
    const known = TASK_FAMILIES.map((one) => one.name).join(', ');
    return [{ path: ['family'], message: `there is no family ${name}; choose one of ${known}` }];
  }
  const unknown = Object.keys(tiers).filter((tier) => !family.tiers.includes(tier));
  return unknown.map((tier) => {
    const message = `${name} has no tier ${tier}; it has ${family.tiers.join(', ')}`;
    return { path: ['tiers', tier], message };
  });
}

/** Draws the tasks of a source. Throws `InvalidInputError` where it asks for what there is not. */
export function drawTasks(source: TaskSource): Task[] {
  const [fault] = findTaskFaults(source);
  if (fault) throw new InvalidInputError(fault.message);
  return findFamily(source.family)!.draw(source);
}
