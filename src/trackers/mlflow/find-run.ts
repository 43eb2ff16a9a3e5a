import { z } from 'zod';
import { isAbsent, type MlflowClient } from './client.ts';

/** A run of MLflow's. */
export interface MlflowRun {
  runId: string;
  /** Where the server keeps its artifacts: `mlflow-artifacts:/...` where it takes them itself. */
  artifactUri: string;
}

const Experiment = z.object({ experiment: z.object({ experiment_id: z.string() }) });
const CreatedExperiment = z.object({ experiment_id: z.string() });
const Run = z.object({ info: z.object({ run_id: z.string(), artifact_uri: z.string() }) });
const FoundRuns = z.object({ runs: z.array(Run).default([]) });
const CreatedRun = z.object({ run: Run });

/** The tag by which a run of ours finds its own. */
const RUN_TAG = 'rise.run';

/** The run of MLflow's that has our run, made where there is none, in the experiment of a name, made too. */
export async function findMlflowRun(client: MlflowClient, experiment: string, runId: string): Promise<MlflowRun> {
  const experimentId = await findExperiment(client, experiment);
  const filter = `tags.\`${RUN_TAG}\` = '${runId}'`;
  const found = await client.post('runs/search', { experiment_ids: [experimentId], filter, max_results: 1 });
  const [known] = FoundRuns.parse(found).runs;
  return describe(known ?? (await createRun(client, experimentId, runId)));
}

async function createRun(client: MlflowClient, experimentId: string, runId: string) {
  const tags = [{ key: RUN_TAG, value: runId }];
  const request = { experiment_id: experimentId, run_name: runId, start_time: Date.now(), tags };
  return CreatedRun.parse(await client.post('runs/create', request)).run;
}

async function findExperiment(client: MlflowClient, name: string): Promise<string> {
  try {
    const found = await client.get('experiments/get-by-name', { experiment_name: name });
    return Experiment.parse(found).experiment.experiment_id;
  } catch (error) {
    if (!isAbsent(error)) throw error;
    return CreatedExperiment.parse(await client.post('experiments/create', { name })).experiment_id;
  }
}

const describe = ({ info }: z.infer<typeof Run>): MlflowRun => ({ runId: info.run_id, artifactUri: info.artifact_uri });
