import { totalmem } from 'node:os';
import { z } from 'zod';
import { JOB_QUEUES } from '../../src/schema/stage.ts';
import { findInstanceType } from '../../src/sizing/instance-types.ts';
import { type Machine, machineOf } from '../../src/sizing/machine.ts';
import type { Machines } from '../../src/sizing/plan-memory.ts';

const InstanceTypes = z.record(z.enum(JOB_QUEUES), z.array(z.string()));

/**
 * Where a run's jobs will be: on the instance types of their queues, as the stack names them in JSON, or where it names none, on
 * this machine. A queue with a type that is not known here has no machines.
 */
export function machinesOf(instanceTypes: string | undefined): Machines {
  if (instanceTypes === undefined) return { rollout: [thisMachine()], training: [thisMachine()] };
  const types = InstanceTypes.parse(JSON.parse(instanceTypes));
  return { rollout: listMachines(types.rollout), training: listMachines(types.training) };
}

function listMachines(names: readonly string[]): Machine[] {
  const types = names.map(findInstanceType);
  return types.includes(undefined) ? [] : types.map((type) => machineOf(type!));
}

/** All of its memory, or what its container may have of it. */
function thisMachine(): Machine {
  const limit = process.constrainedMemory();
  return { name: 'this machine', hostBytes: limit > 0 ? Math.min(limit, totalmem()) : totalmem() };
}
