import { exportRun } from '../../src/formats/export-run.ts';
import type { Exporter, ExportSet } from '../../src/formats/exporter.ts';
import type { Store } from '../../src/store/store.ts';
import { RUN_ID } from './published-run.ts';

export const S3_LOCATION = { uri: 's3://bucket/data', owner: '123456789012' };

/** Exports one set of the published run into a folder that is not there yet. */
export function writeExport(store: Store, exporter: Exporter, set: ExportSet, out: string) {
  const request = { runId: RUN_ID, set, store, out, exporter, existing: 'refuse' as const };
  const quietly = () => ({ advance() {}, close() {} });
  return exportRun({ ...request, ...(exporter.needsS3 && { s3: S3_LOCATION }) }, quietly);
}
