import type { Progress, ReportProgress } from '../../src/schema/progress.ts';
import type { Transfer } from '../../src/store/told-store.ts';

/** Bytes of one stream between two reports. */
const REPORT_BYTES = 2 ** 28;

/** A job's reports, with others between them while a large file goes to the store or comes from it. */
export interface TransferReports {
  report: ReportProgress;
  onTransfer: (transfer: Transfer) => void;
}

/** Between two reports of its work a job may move gigabytes: the share of its work stays what it was. */
export function reportTransfers(report: ReportProgress): TransferReports {
  let last: Progress = { stage: 'store', done: 0, total: 0, unit: 'bytes' };
  const reported = new Map<string, number>();
  return {
    report: (progress) => {
      last = progress;
      report(progress);
    },
    onTransfer: ({ direction, key, bytes }) => {
      const name = `${direction} ${key}`;
      const step = Math.floor(bytes / REPORT_BYTES);
      if (step === (reported.get(name) ?? 0)) return;
      reported.set(name, step);
      if (step > 0) report({ ...last, metrics: { [direction === 'read' ? 'readBytes' : 'writtenBytes']: bytes } });
    },
  };
}
