import { setTimeout as sleep } from 'node:timers/promises';
import type { Build, CodeBuild } from '@aws-sdk/client-codebuild';
import { packageRoot } from '../../base/package-root.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import { WORKER_SOURCES } from '../../schema/keys.ts';
import { services } from '../clients.ts';
import { readLogPage } from '../job-log.ts';
import type { AwsContext } from '../with-deployment.ts';
import { hashDockerContext, listDockerContext } from './docker-context.ts';
import { packSources } from './pack-sources.ts';

const LOOK_MILLISECONDS = 3000;

export interface RemoteBuild {
  tag: string;
  /** Commit of the checkout, for the image's label. */
  revision: string;
  /** Hears of each line that the build prints. */
  onLine: (line: string) => void;
}

/**
 * Uploads the sources and has the deployment's CodeBuild project build and push the image; waits for its end. Throws
 * `InvalidInputError` where the stack has no such project, or the build fails.
 */
export async function buildInAws(context: AwsContext, { tag, revision, onLine }: RemoteBuild): Promise<void> {
  const { deployment, store } = context;
  const projectName = deployment.imageBuildProject;
  if (!projectName)
    throw new InvalidInputError('the deployed stack has no project that builds images; run rise deploy');
  const paths = listDockerContext(packageRoot);
  const key = `${WORKER_SOURCES}${hashDockerContext(packageRoot, paths, [])}.zip`;
  if (!(await store.exists(key))) await store.writeStream(key, await packSources(paths));
  const codeBuild = await services.codeBuild();
  const environment = { IMAGE_TAG: tag, REPOSITORY_URI: deployment.workerImages, REVISION: revision };
  const { build } = await codeBuild.startBuild({
    projectName,
    sourceTypeOverride: 'S3',
    sourceLocationOverride: `${deployment.bucket}/${key}`,
    environmentVariablesOverride: Object.entries(environment).map(([name, value]) => ({ name, value })),
  });
  onLine(`build ${build!.id} has started; it goes on if this command is interrupted`);
  assertBuilt(await followBuild(context, codeBuild, build!.id!, onLine));
}

/** Looks at a build until it is over, and tells what it prints. */
async function followBuild(
  { aws }: AwsContext,
  codeBuild: CodeBuild,
  id: string,
  onLine: (line: string) => void,
): Promise<Build> {
  let token: string | undefined;
  for (;;) {
    const { builds = [] } = await codeBuild.batchGetBuilds({ ids: [id] });
    const { logs, buildComplete } = builds[0];
    if (logs?.groupName && logs.streamName)
      token = await tellNewLines(aws, logs.groupName, logs.streamName, token, onLine);
    if (buildComplete) return builds[0];
    await sleep(LOOK_MILLISECONDS);
  }
}

/** Everything that is there by now; gives where to go on from. */
async function tellNewLines(
  aws: AwsContext['aws'],
  group: string,
  stream: string,
  from: string | undefined,
  onLine: (line: string) => void,
): Promise<string | undefined> {
  for (let token = from; ; ) {
    const page = await readLogPage(aws, group, stream, token);
    for (const { message } of page?.events ?? []) onLine(message!.trimEnd());
    if (!page?.nextForwardToken || page.nextForwardToken === token) return token;
    token = page.nextForwardToken;
  }
}

/** Throws with the phase that failed, and what CodeBuild says of it. */
function assertBuilt({ id, buildStatus, phases = [], logs }: Build): void {
  if (buildStatus === 'SUCCEEDED') return;
  const failed = phases.find(({ phaseStatus }) => phaseStatus !== undefined && phaseStatus !== 'SUCCEEDED');
  const why = failed?.contexts?.map(({ message }) => message).join('; ') || 'its log says why';
  const place = failed ? ` in ${failed.phaseType}` : '';
  throw new InvalidInputError(
    `build ${id} ended as ${buildStatus}${place}: ${why}${logs?.deepLink ? `\n${logs.deepLink}` : ''}`,
  );
}
