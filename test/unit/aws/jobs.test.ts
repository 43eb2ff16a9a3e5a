import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { Batch, type JobDetail, type JobSummary } from '@aws-sdk/client-batch';
import { createJobReader } from '../../../src/aws/jobs.ts';

const HOUR = 3_600_000;
const NOW = 100 * HOUR;
const NO_CAPACITY = 'CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY - Service cannot fulfill the capacity requested';

/** Batch as its interface documents it, with the given jobs; emulators have no queue that waits for capacity. */
async function aBatch(jobs: Partial<JobDetail>[], children: Partial<Record<string, Partial<JobSummary>[]>> = {}) {
  const described: string[][] = [];
  const server = createServer(async (request, response) => {
    const body = (await json(request)) as { jobs?: string[]; jobStatus?: string };
    if (body.jobs) described.push(body.jobs);
    const answer = body.jobs
      ? { jobs: jobs.filter(({ jobId }) => body.jobs!.includes(jobId!)) }
      : { jobSummaryList: children[body.jobStatus!] ?? [] };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const batch = new Batch({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  stops.push(() => {
    batch.destroy();
    server.close();
  });
  return { reader: createJobReader({ batch }, () => NOW), described };
}
const stops: (() => void)[] = [];
afterAll(() => {
  for (const stop of stops) stop();
});

describe('the jobs of a run', () => {
  it('hold instances for every attempt, and until now while they run', async () => {
    const attempts = [{ startedAt: NOW - 5 * HOUR, stoppedAt: NOW - 3 * HOUR }];
    const running = { jobId: 'a', jobName: 'train-sft', status: 'RUNNING' as const, attempts, startedAt: NOW - HOUR };
    const failed = { ...running, jobId: 'b', status: 'FAILED' as const, startedAt: attempts[0].startedAt };
    const { reader } = await aBatch([running, failed]);
    const jobs = await reader.read(['a', 'b', 'forgotten']);
    expect(jobs.map(({ jobId, hours }) => [jobId, hours])).toEqual([
      ['a', 3],
      ['b', 2],
    ]);
  });

  it('say what the children of an array wait for, and count their hours', async () => {
    const statusSummary = { RUNNABLE: 2, RUNNING: 1, SUCCEEDED: 1, FAILED: 0 };
    const parent = {
      jobId: 'array',
      jobName: 'rollout',
      status: 'PENDING' as const,
      arrayProperties: { size: 4, statusSummary },
    };
    const { reader } = await aBatch([parent], {
      RUNNABLE: [{ jobId: 'array:2', statusReason: NO_CAPACITY }, { jobId: 'array:3' }],
      RUNNING: [{ jobId: 'array:1', startedAt: NOW - HOUR }],
      SUCCEEDED: [{ jobId: 'array:0', startedAt: NOW - 4 * HOUR, stoppedAt: NOW - 2 * HOUR }],
    });
    expect(await reader.read(['array'])).toEqual([
      {
        jobId: 'array',
        jobName: 'rollout',
        status: 'PENDING',
        children: { RUNNABLE: 2, RUNNING: 1, SUCCEEDED: 1 },
        reasons: [NO_CAPACITY],
        hours: 3,
      },
    ]);
  });

  it('say where to look when they wait for long without a reason', async () => {
    const minutesAgo = (minutes: number) => NOW - minutes * 60_000;
    const waiting = { jobName: 'train-rl', status: 'RUNNABLE' as const, createdAt: minutesAgo(31) };
    const aWaitingArray = (jobId: string, statusSummary: Record<string, number>) => ({
      ...waiting,
      jobId,
      status: 'PENDING' as const,
      arrayProperties: { size: 2, statusSummary },
    });
    const { reader } = await aBatch(
      [
        { ...waiting, jobId: 'long' },
        { ...waiting, jobId: 'short', createdAt: minutesAgo(29) },
        { ...waiting, jobId: 'told', statusReason: NO_CAPACITY },
        { ...waiting, jobId: 'reclaimed', attempts: [{ startedAt: minutesAgo(20), stoppedAt: minutesAgo(5) }] },
        aWaitingArray('array', { RUNNABLE: 2 }),
        aWaitingArray('begun', { RUNNABLE: 1, SUCCEEDED: 1 }),
      ],
      { RUNNABLE: [{ jobId: 'child' }] },
    );
    const jobs = await reader.read(['long', 'short', 'told', 'reclaimed', 'array', 'begun']);
    const unexplained = expect.stringMatching(
      /^RUNNABLE for over 30 min without a reason: .*quota.*; rise doctor --aws$/,
    );
    expect(jobs.map(({ jobId, reasons }) => [jobId, reasons])).toEqual([
      ['long', [unexplained]],
      ['short', []],
      ['told', [NO_CAPACITY]],
      ['reclaimed', []],
      ['array', [unexplained]],
      ['begun', []],
    ]);
  });

  it('are asked for a hundred at a time, and once they have ended no more', async () => {
    const jobs = Array.from({ length: 150 }, (_, index) => ({
      jobId: `job-${index}`,
      jobName: 'rollout',
      status: index === 0 ? ('RUNNING' as const) : ('SUCCEEDED' as const),
    }));
    const { reader, described } = await aBatch(jobs);
    const ids = jobs.map(({ jobId }) => jobId);
    expect(await reader.read(ids)).toHaveLength(150);
    expect((await reader.read(ids)).map(({ jobId }) => jobId)).toEqual(ids);
    expect(described.map((asked) => asked.length)).toEqual([100, 50, 1]);
  });
});
