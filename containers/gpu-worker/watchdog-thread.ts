import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';

const { beats, seconds } = workerData as { beats: Int32Array; seconds: number };

let seen = Atomics.load(beats, 0);
while (Atomics.wait(beats, 0, seen, seconds * 1000) !== 'timed-out') seen = Atomics.load(beats, 0);

const remedy = 'if that step really takes longer, raise compute.heartbeatSeconds, then run the job again to resume';
writeSync(2, `StalledError: no progress for ${seconds} s; ${remedy}\n`);
process.kill(process.pid, 'SIGALRM');
