import { z } from 'zod';
import { InvalidInputError } from '../schema/errors.ts';
import { createMlflowClient, type MlflowClient, readCredentials } from './mlflow/client.ts';
import { describeConfig } from './mlflow/describe-config.ts';
import { describeMetrics } from './mlflow/describe-metrics.ts';
import { findMlflowRun, type MlflowRun } from './mlflow/find-run.ts';
import { writeArtifacts } from './mlflow/write-artifacts.ts';
import type { Piece } from './observation.ts';
import { CONFIG, REPORT } from './observations/list-pieces.ts';
import type { Tracker, TrackerContext } from './tracker.ts';

const MlflowOptions = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .refine((url) => !URL.canParse(url) || (new URL(url).username === '' && new URL(url).password === ''), {
      error: 'must hold no credentials; MLFLOW_TRACKING_TOKEN, or _USERNAME and _PASSWORD, give them',
    })
    .optional()
    .describe('of the tracking server; MLFLOW_TRACKING_URI when absent'),
  experiment: z.string().min(1).default('metis-rise').describe('made where it is not there'),
});
type MlflowOptions = z.infer<typeof MlflowOptions>;

/** Metrics that one request may have. */
const BATCH_METRICS = 1000;
const BATCH_PARAMS = 100;

/** A run of MLflow's, over its REST API: https://mlflow.org/docs/latest/api_reference/rest-api.html. */
export const mlflow: Tracker<MlflowOptions> = {
  name: 'mlflow',
  version: '1',
  options: MlflowOptions,
  create: (options, context) => {
    const url = MlflowOptions.shape.url.safeParse(options.url ?? context.environment('MLFLOW_TRACKING_URI'));
    if (!url.success || url.data === undefined) {
      throw new InvalidInputError(
        `trackers: mlflow needs the URL of its server, http or https: give options.url, or MLFLOW_TRACKING_URI`,
      );
    }
    const client = createMlflowClient(url.data, readCredentials(context.environment));
    let run: Promise<MlflowRun> | undefined;
    return {
      place: `${url.data} (experiment ${options.experiment})`,
      take: async (piece) => {
        run ??= findMlflowRun(client, options.experiment, context.runId);
        run.catch(() => {
          run = undefined;
        });
        await takePiece(client, await run, piece, context);
      },
    };
  },
};

/** Metrics come first: those that are sent again are known by their name, step, time and value. */
async function takePiece(
  client: MlflowClient,
  run: MlflowRun,
  { name, observations }: Piece,
  { config }: TrackerContext,
): Promise<void> {
  const metrics = describeMetrics(observations);
  for (let at = 0; at < metrics.length; at += BATCH_METRICS) {
    await client.post('runs/log-batch', { run_id: run.runId, metrics: metrics.slice(at, at + BATCH_METRICS) });
  }
  const params = name === CONFIG ? describeConfig(config) : [];
  for (let at = 0; at < params.length; at += BATCH_PARAMS) {
    await client.post('runs/log-batch', { run_id: run.runId, params: params.slice(at, at + BATCH_PARAMS) });
  }
  await writeArtifacts(client, run, observations);
  if (name !== REPORT) return;
  await client.post('runs/update', { run_id: run.runId, status: 'FINISHED', end_time: Date.now() });
}
