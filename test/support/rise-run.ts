import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { packageRoot } from '../../src/base/package-root.ts';
import type { RunEvent } from '../../src/local/local-home.ts';
import { Manifest } from '../../src/schema/manifest.ts';

/** An event as `rise run --json` prints it. */
export type PrintedEvent = Exclude<RunEvent, { kind: 'state-failed' }> | { kind: 'summary' } | { kind: 'state-failed' };

export interface EndedRun {
  code: number | null;
  events: PrintedEvent[];
  stderr: string;
}

/** Runs `rise run --json` in a process group of its own; `onEvent` may signal it. */
export async function riseRun(
  config: string,
  store: string,
  onEvent: (event: PrintedEvent, child: ChildProcess) => void = () => {},
  options: readonly string[] = [],
): Promise<EndedRun> {
  const args = [join(packageRoot, 'src/cli/main.ts'), 'run', config, '--store', store, '--json', ...options];
  const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const events: PrintedEvent[] = [];
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    const event = JSON.parse(line) as PrintedEvent;
    events.push(event);
    onEvent(event, child);
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, events, stderr };
}

/** Kills a run with everything it started, as a power cut would. */
export function killGroup(child: ChildProcess): void {
  process.kill(-child.pid!, 'SIGKILL');
}

/** Every manifest of a store by its key; each part is checked against its hash on the way. */
export function readManifests(store: string): Map<string, string> {
  const keys = readdirSync(store, { recursive: true, encoding: 'utf8' }).filter((key) => key.endsWith('manifest.json'));
  return new Map(
    keys.sort().map((key) => {
      const text = readFileSync(join(store, key), 'utf8');
      for (const part of Manifest.parse(JSON.parse(text)).parts) {
        const sha256 = createHash('sha256')
          .update(readFileSync(join(store, part.key)))
          .digest('hex');
        if (sha256 !== part.sha256) throw new Error(`${part.key} is not what its manifest says`);
      }
      return [key, text];
    }),
  );
}
