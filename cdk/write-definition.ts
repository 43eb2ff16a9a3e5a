/** Writes the synthesised state machine to where the local runner reads it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../src/base/package-root.ts';
import { synthesiseLocalDefinition } from './local-definition.ts';

const path = join(packageRoot, 'src/local/rise-state-machine.asl.json');
writeFileSync(path, `${JSON.stringify(synthesiseLocalDefinition(), null, 2)}\n`);
console.log(path);
