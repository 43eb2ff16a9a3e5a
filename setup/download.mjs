import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { SetupError } from './steps.mjs';

const attempts = 4;

/**
 * Downloads a file and checks its sha256. A broken download is taken up where it stopped, now or in a later run; the
 * file appears under its name only when whole.
 * @param {() => Promise<string>} findUrl
 * @param {string} path
 * @param {string} sha256 lower-case hex
 */
export async function download(findUrl, path, sha256) {
  if (existsSync(path)) return;
  const part = `${path}.part`;
  await mkdir(dirname(path), { recursive: true });
  for (let attempt = 1; ; attempt++) {
    try {
      await fetchRest(await findUrl(), part);
      break;
    } catch (error) {
      if (error instanceof SetupError || error.code === 'ENOSPC') throw error;
      if (attempt === attempts) throw unreachable(error);
      console.error(`  the connection broke (${describe(error)}); trying again`);
      await sleep(1000 * attempt);
    }
  }
  const digest = await sha256Of(part);
  if (digest !== sha256) {
    await rm(part);
    throw new SetupError(
      `${path} has sha256 ${digest}, expected ${sha256}`,
      'The file was damaged or replaced on its way and has been removed; run the same command again.',
    );
  }
  await rename(part, path);
}

async function fetchRest(url, part) {
  const have = existsSync(part) ? (await stat(part)).size : 0;
  const response = await fetch(url, { headers: have > 0 ? { range: `bytes=${have}-` } : {} });
  if (response.status === 416) return;
  if (!response.ok || !response.body) throw new Error(`${url} answered ${response.status} ${response.statusText}`);
  const resumed = response.status === 206;
  const done = resumed ? have : 0;
  const total = done + Number(response.headers.get('content-length'));
  await pipeline(
    Readable.fromWeb(response.body),
    progress(done, total),
    createWriteStream(part, { flags: resumed ? 'a' : 'w' }),
  );
}

/** Passes bytes on and shows how many: one line rewritten on a terminal, a line each quarter elsewhere. */
function progress(start, total) {
  return async function* count(chunks) {
    const isTerminal = process.stderr.isTTY;
    let done = start;
    let shown = Math.floor((done / total) * (isTerminal ? 100 : 4));
    for await (const chunk of chunks) {
      done += chunk.length;
      const portion = Math.floor((done / total) * (isTerminal ? 100 : 4));
      if (portion > shown) {
        shown = portion;
        const line = `  ${Math.round(done / 1e6)} of ${Math.round(total / 1e6)} MB`;
        process.stderr.write(isTerminal ? `\r${line}${done === total ? '\n' : ''}` : `${line}\n`);
      }
      yield chunk;
    }
  };
}

async function sha256Of(path) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

function unreachable(error) {
  return new SetupError(
    describe(error),
    `Check the network (HTTPS_PROXY, PIP_INDEX_URL and NODE_EXTRA_CA_CERTS are honoured) and run the same command again; what has arrived is kept.`,
    { cause: error },
  );
}

function describe(error) {
  return [error.message, error.cause?.message].filter(Boolean).join(': ');
}
