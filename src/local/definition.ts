import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../base/package-root.ts';

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** The fields of an Amazon States Language state that the local runner looks at; the interpreter reads the rest. */
export interface State {
  Type: string;
  Resource?: string;
  TimeoutSeconds?: number;
  Branches?: Machine[];
  ItemProcessor?: Machine & { ProcessorConfig?: { Mode?: string } };
  [field: string]: unknown;
}

export interface Machine {
  StartAt: string;
  States: Record<string, State>;
}

/** The machine `cdk/constructs/rise-state-machine.ts` defines, as `npm run synth` wrote it. */
export function readDefinition(): Machine {
  return JSON.parse(readFileSync(join(packageRoot, 'src/local/rise-state-machine.asl.json'), 'utf8'));
}
