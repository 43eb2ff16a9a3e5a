import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordedTrajectory } from '../datasets/recorded-response.ts';
import type { SelfDistillRoute } from '../schema/route.ts';
import type { TrajectoryScore } from '../schema/trajectory.ts';

/** A correct trajectory with its score. */
type Member = [trajectory: RecordedTrajectory, score: TrajectoryScore];

/** The correct trajectories of one route. */
export interface CorrectGroup {
  route: number;
  trajectories: RecordedTrajectory[];
  scores: TrajectoryScore[];
}

/** Characters of unfinished groups that memory holds; beyond them, groups are collected on disk. */
const HELD_CHARACTERS = 2 ** 24;
/** Enough that one part of ten million trajectories fits. */
const PARTS = 512;
const PART_CHARACTERS = 2 ** 15;

/**
 * Collects correct trajectories, which come in any order, into groups. Those that stand together in their file are handed
 * on at once. Where too many groups are open, all that follows goes to files in the folder by the number of its route, and
 * `rest` groups one file after the other.
 */
export function createGroupCollector(folder: string, onGroup: (group: CorrectGroup) => void) {
  const open = new Map<number, { missing: number; members: Member[] }>();
  const parts = createParts(folder);
  let held = 0;
  let isSpilling = false;

  const spillAll = () => {
    isSpilling = true;
    for (const [route, { members }] of open) for (const member of members) parts.add(route, member);
    open.clear();
  };
  const finish = (route: number, members: readonly Member[]) =>
    onGroup({
      route,
      trajectories: members.map(([trajectory]) => trajectory),
      scores: members.map(([, score]) => score),
    });

  return {
    /** Takes a trajectory that is among the correct ones of the route, which `routeOf` reads when its group begins. */
    add(route: number, member: Member, routeOf: () => SelfDistillRoute): void {
      if (isSpilling) {
        parts.add(route, member);
        return;
      }
      const group = open.get(route) ?? { missing: routeOf().correctTrajectoryIndices.length, members: [] };
      open.set(route, group);
      group.members.push(member);
      group.missing -= 1;
      held += member[0].text.length;
      if (group.missing === 0) {
        open.delete(route);
        for (const [{ text }] of group.members) held -= text.length;
        finish(route, group.members);
      } else if (held > HELD_CHARACTERS) spillAll();
    },
    /** Hands on the groups that are left. */
    rest(): void {
      for (const [route, { members }] of open) finish(route, members);
      open.clear();
      for (const groups of parts.read()) for (const [route, members] of groups) finish(route, members);
    },
  };
}

function createParts(folder: string) {
  const pending: string[][] = Array.from({ length: PARTS }, () => []);
  const characters = new Uint32Array(PARTS);
  const pathOf = (part: number) => join(folder, `part-${part}.jsonl`);
  const flush = (part: number) => {
    if (pending[part].length > 0) appendFileSync(pathOf(part), pending[part].join(''));
    pending[part] = [];
    characters[part] = 0;
  };
  return {
    add(route: number, member: Member): void {
      const part = route % PARTS;
      const line = `${JSON.stringify([route, ...member])}\n`;
      pending[part].push(line);
      characters[part] += line.length;
      if (characters[part] > PART_CHARACTERS) flush(part);
    },
    *read(): Generator<Map<number, Member[]>> {
      for (let part = 0; part < PARTS; part++) {
        flush(part);
        if (!existsSync(pathOf(part))) continue;
        const groups = new Map<number, Member[]>();
        for (const line of readFileSync(pathOf(part), 'utf8').trimEnd().split('\n')) {
          const [route, ...member]: [number, ...Member] = JSON.parse(line);
          const members = groups.get(route);
          if (members) members.push(member);
          else groups.set(route, [member]);
        }
        yield groups;
      }
    },
  };
}
