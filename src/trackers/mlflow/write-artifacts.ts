import type { Observation } from '../observation.ts';
import type { MlflowClient } from './client.ts';
import type { MlflowRun } from './find-run.ts';

const PROXIED = 'mlflow-artifacts:';

/** Texts and images as files of the run. A server that leaves its artifacts to its clients gets none. */
export async function writeArtifacts(
  client: MlflowClient,
  { artifactUri }: MlflowRun,
  observations: readonly Observation[],
): Promise<void> {
  const uri = URL.parse(artifactUri);
  if (uri?.protocol !== PROXIED) return;
  const folder = uri.pathname.slice(1);
  for (const observation of observations) {
    if (observation.kind !== 'text' && observation.kind !== 'image') continue;
    const path = `${folder}/${observation.tag}/step-${String(observation.step).padStart(6, '0')}`;
    if (observation.kind === 'text') await client.putArtifact(`${path}.md`, observation.markdown, 'text/markdown');
    else {
      const { bytes, extension } = observation.image;
      await client.putArtifact(`${path}.${extension}`, bytes, 'application/octet-stream');
    }
  }
}
