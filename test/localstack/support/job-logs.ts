import { randomUUID } from 'node:crypto';
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';

export interface JobLogs {
  /** Begins the stream of one container in a group. */
  open(group: string, prefix: string): { name: string; write(line: string): void; close(): Promise<void> };
}

const FLUSH_MILLISECONDS = 500;

/** Sends what containers print to CloudWatch Logs, as their log driver does. */
export function createJobLogs(settings: ConstructorParameters<typeof CloudWatchLogs>[0] & object): JobLogs {
  const logs = new CloudWatchLogs(settings);
  return {
    open(logGroupName, prefix) {
      const stream = { logGroupName, logStreamName: `${prefix}/default/${randomUUID()}` };
      let lines: { timestamp: number; message: string }[] = [];
      // A line that cannot be kept is no reason to lose the job.
      const kept = (request: Promise<unknown>) => request.catch((error) => console.warn(String(error)));
      let sent: Promise<unknown> = kept(logs.createLogStream(stream));
      const flush = () => {
        if (lines.length === 0) return;
        const logEvents = lines;
        lines = [];
        sent = sent.then(() => kept(logs.putLogEvents({ ...stream, logEvents })));
      };
      const timer = setInterval(flush, FLUSH_MILLISECONDS);
      return {
        name: stream.logStreamName,
        write: (message) => void lines.push({ timestamp: Date.now(), message: message || ' ' }),
        close: async () => {
          clearInterval(timer);
          flush();
          await sent;
        },
      };
    },
  };
}
