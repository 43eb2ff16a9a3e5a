import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { packageRoot } from '../../../src/base/package-root.ts';

const processes = JSON.stringify(join(packageRoot, 'setup/processes.mjs'));
/** Says that it is there, and ends with 7 when it is interrupted. */
const CHILD = `process.on('SIGINT', () => process.exit(7)); setInterval(() => {}, 1000); console.log('up')`;

describe('a command in the foreground', () => {
  it.each([['SIGINT'], ['SIGTERM']] as const)('ends at a %s that only its launcher is sent', async (signal) => {
    const launcher = spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { foreground } from ${processes};
        process.exit(await foreground(process.execPath, ['-e', ${JSON.stringify(CHILD)}], process.env));`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(launcher.stdout, 'data');
    launcher.kill(signal);
    expect((await once(launcher, 'close'))[0]).toBe({ SIGINT: 7, SIGTERM: 143 }[signal]);
  });
});
