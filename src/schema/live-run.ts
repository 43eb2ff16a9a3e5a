import { z } from 'zod';

/**
 * The last visit of a run to one of its states.
 * @example { state: 'TrainRl', status: 'running', iteration: 2, visits: 3, startedAt: '2026-11-29T03:10:09.407Z' }
 */
export const StateVisit = z.object({
  state: z.string(),
  status: z.enum(['running', 'done', 'failed']),
  iteration: z.int().nonnegative().optional().describe('of RL, from 0'),
  visits: z.int().positive(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
});
export type StateVisit = z.infer<typeof StateVisit>;

/**
 * What works at a run now: a job, or one child of several.
 * @example {
 *   state: 'TrainSft', done: 3680, total: 7440, unit: 'sequences', perSecond: 452.1, startedAt: '2026-11-29T03:10:56.284Z',
 * }
 */
export const LiveJob = z.object({
  state: z.string(),
  part: z.object({ index: z.int().nonnegative(), count: z.int().positive() }).optional(),
  done: z.number().nonnegative(),
  total: z.number().nonnegative(),
  unit: z.string(),
  perSecond: z.number().nonnegative().optional().describe('since the job began'),
  startedAt: z.iso.datetime(),
});
export type LiveJob = z.infer<typeof LiveJob>;

/**
 * A line of a run's log.
 * @example { time: '2026-11-29T03:10:55.957Z', text: 'RolloutDiagnosis  7.2 s  trajectories 6,720' }
 */
export const LiveLine = z.object({ time: z.iso.datetime(), text: z.string() });
export type LiveLine = z.infer<typeof LiveLine>;

/**
 * `runs/<runId>/live.json`: how a run on some machine goes, written again and again by who runs it. For people, outside every
 * manifest.
 * @example {
 *   status: 'running', startedAt: '2026-11-29T03:09:58.120Z', updatedAt: '2026-11-29T03:11:20.004Z', iterations: 6,
 *   secondsLeft: 14.2,
 *   states: [
 *     { state: 'TrainSft', status: 'running', visits: 1, startedAt: '2026-11-29T03:10:56.284Z' },
 *   ],
 *   jobs: [
 *     {
 *       state: 'TrainSft', done: 3680, total: 7440, unit: 'sequences', perSecond: 452.1,
 *       startedAt: '2026-11-29T03:10:56.284Z',
 *     },
 *   ],
 *   lines: [{ time: '2026-11-29T03:10:55.957Z', text: 'RolloutDiagnosis  7.2 s  trajectories 6,720' }],
 *   sftLoss: [[1, 0.998], [2, 1.869]],
 * }
 */
export const LiveRun = z.object({
  status: z.enum(['running', 'done', 'stopped', 'failed']),
  startedAt: z.iso.datetime().describe('of this attempt at the run'),
  updatedAt: z.iso.datetime().describe('a run that is alive writes at least every few seconds'),
  iterations: z.int().nonnegative().optional().describe('of RL, in all'),
  secondsLeft: z.number().nonnegative().optional().describe('at the speed seen so far'),
  states: z.array(StateVisit).describe('in the order that they were first entered'),
  jobs: z.array(LiveJob),
  lines: z.array(LiveLine).describe('the last of the log'),
  sftLoss: z
    .array(z.tuple([z.int().positive(), z.number()]))
    .describe('optimizer step and loss, thinned; while SFT runs'),
});
export type LiveRun = z.infer<typeof LiveRun>;

/** Seconds after which a run that says nothing is taken to be gone. */
export const SILENT_SECONDS = 30;
