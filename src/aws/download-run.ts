import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CorruptRecordError, InvalidInputError } from '../schema/errors.ts';
import {
  costKey,
  manifestKey,
  reportPrefix,
  sftCheckpointPrefix,
  sftShardsPrefix,
  summaryKey,
} from '../schema/keys.ts';
import { Manifest, type ManifestPart } from '../schema/manifest.ts';
import { assertKey } from '../store/key.ts';
import { readIfPresent } from '../store/presence.ts';
import { readJsonIfPresent } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { downloadFile } from './download-file.ts';
import { DOWNLOADS, type DownloadKind } from './download-kinds.ts';

export interface DownloadRequest {
  runId: string;
  /** Everything that is there when empty. */
  kinds: readonly DownloadKind[];
  folder: string;
}

/** How a download goes. */
export type DownloadEvent =
  | { kind: 'progress'; path: string; bytes: number; totalBytes: number }
  | { kind: 'file'; path: string; bytes: number; sha256: string; outcome: 'downloaded' | 'resumed' | 'present' }
  | { kind: 'missing'; what: DownloadKind }
  | { kind: 'done'; folder: string; files: number; bytes: number };

const PREFIXES: Record<DownloadKind, (runId: string) => string> = {
  checkpoint: sftCheckpointPrefix,
  shards: sftShardsPrefix,
  report: reportPrefix,
};

/**
 * Fetches what a run's manifests list into a folder for each kind; every file is held to its sha256.
 * Throws `InvalidInputError` where what was asked for is not there yet, `CorruptRecordError` on wrong bytes.
 */
export async function downloadRun(
  store: Store,
  { runId, kinds, folder }: DownloadRequest,
  onEvent: (event: DownloadEvent) => void,
): Promise<void> {
  const found = await findManifests(store, runId, kinds, onEvent);
  let files = 0;
  let bytes = 0;
  for (const { kind, manifest } of found) {
    const prefix = PREFIXES[kind](runId);
    for (const part of manifest.parts) {
      const path = join(folder, kind, nameOf(part, prefix));
      await mkdir(dirname(path), { recursive: true });
      const totalBytes = part.bytes;
      const onBytes = (received: number) => onEvent({ kind: 'progress', path, bytes: received, totalBytes });
      const outcome = await downloadFile(store, part, path, onBytes);
      onEvent({ kind: 'file', path, bytes: part.bytes, sha256: part.sha256, outcome });
      files += 1;
      bytes += part.bytes;
    }
    if (kind === 'report') {
      await writeFile(join(folder, kind, 'summary.json'), await store.read(summaryKey(runId)));
      const cost = await readIfPresent(store, costKey(runId));
      if (cost) await writeFile(join(folder, kind, 'cost.md'), cost);
    }
  }
  onEvent({ kind: 'done', folder, files, bytes });
}

async function findManifests(
  store: Store,
  runId: string,
  kinds: readonly DownloadKind[],
  onEvent: (event: DownloadEvent) => void,
): Promise<{ kind: DownloadKind; manifest: Manifest }[]> {
  const found: { kind: DownloadKind; manifest: Manifest }[] = [];
  const missing: DownloadKind[] = [];
  for (const kind of kinds.length > 0 ? kinds : DOWNLOADS) {
    const manifest = await readJsonIfPresent(store, manifestKey(PREFIXES[kind](runId)), Manifest);
    if (manifest) found.push({ kind, manifest });
    else missing.push(kind);
  }
  if (missing.length > 0 && (kinds.length > 0 || found.length === 0)) {
    throw new InvalidInputError(
      `run ${runId} has no ${missing.join(', no ')} in ${store.uri} yet; rise status ${runId} says where it stands`,
    );
  }
  for (const what of missing) onEvent({ kind: 'missing', what });
  return found;
}

/** The part's name below its folder; a manifest must not name a path outside of it. */
function nameOf({ key }: ManifestPart, prefix: string): string {
  if (!key.startsWith(prefix)) {
    throw new CorruptRecordError(
      `${prefix}manifest.json lists ${key}, which lies elsewhere; remove it and rerun the stage`,
    );
  }
  const name = key.slice(prefix.length);
  assertKey(name);
  return name;
}
