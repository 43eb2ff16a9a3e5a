import type { RunConfig } from '../schema/config/run-config.ts';
import type { JobQueue } from '../schema/stage.ts';
import { findShortage, type Machine, type Room } from './machine.ts';
import type { ModelShape } from './model-shape.ts';
import { findRemedies, type Remedy } from './remedies.ts';
import { type RunFacts, WORK_NAMES, type WorkName, worksOf } from './works.ts';

/** Machines that jobs may be given, by queue: any of them, so each must have room. None where what is there is not known. */
export type Machines = Record<JobQueue, readonly Machine[]>;

/** Whether a job of a run fits on every machine of its queue, and what would make it fit. */
export type Fit =
  | { kind: 'fits'; name: WorkName }
  | { kind: 'too-large'; name: WorkName; machine: Machine; short: Room; remedies: Remedy[] };

const queueOf = (name: WorkName): JobQueue => (name === 'rl' || name === 'sft' ? 'training' : 'rollout');

/** Whether each kind of job of a run fits where it is to run; those that the run has not are left out. */
export function fitRun(shape: ModelShape, config: RunConfig, facts: RunFacts, machines: Machines): Fit[] {
  const works = worksOf(config, facts);
  const wanted = WORK_NAMES.filter((name) => name !== 'rl' || config.rl.iterations > 0);
  return wanted.map((name): Fit => {
    const own = machines[queueOf(name)];
    for (const machine of own) {
      const short = findShortage(shape, works[name], machine);
      const remedies = () => findRemedies(shape, config, facts, name, own);
      if (short) return { kind: 'too-large', name, machine, short, remedies: remedies() };
    }
    return { kind: 'fits', name };
  });
}

/** A line for each job that fits nowhere: what it needs, what there is, what would do. */
export function describeShortages(fits: readonly Fit[]): string[] {
  return fits.flatMap((fit) => {
    if (fit.kind === 'fits') return [];
    const { name, machine, short, remedies } = fit;
    const would = remedies.map(
      ({ change, memory, bytes }) => `${change}: ${gigabytes(bytes)}${memory === 'host' ? ' of host memory' : ''}`,
    );
    const remedy = would.length > 0 ? `what would fit: ${would.join('; ')}` : 'nothing that is known here would fit';
    return [
      `${name} needs ${gigabytes(short.needed)} of ${short.memory} memory, ${machine.name} has ${gigabytes(short.available)}; ${remedy}`,
    ];
  });
}

export const gigabytes = (bytes: number) => `${bytes < 1e10 ? (bytes / 1e9).toFixed(1) : Math.round(bytes / 1e9)} GB`;
