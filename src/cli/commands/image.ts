import type { Command } from 'commander';
import { toTerminalText } from '../../base/terminal-text.ts';
import { type AwsCommandOptions, withAwsOptions } from '../options/aws-options.ts';
import { repeated } from '../options/repeated.ts';
import { print } from '../print.ts';

interface ImageOptions extends AwsCommandOptions {
  tag?: string;
  inAws?: boolean;
  buildArg?: string[];
}

export function register(program: Command): void {
  const command = program
    .command('image')
    .description("build the GPU worker's image and push it to the deployment's repository; the same sources once")
    .option('--in-aws', 'build it with CodeBuild instead of the Docker of this machine')
    .option('--tag <tag>', 'of the image; by default one that is made of its sources')
    .option('--build-arg <name=value>', 'of the Dockerfile (docs/container.md); may be given again', repeated);
  withAwsOptions(command).action(image);
}

async function image({ tag, inAws, buildArg = [], json = false, ...options }: ImageOptions): Promise<void> {
  const [{ publishImage }, { contextPath }, { renderImage }] = await Promise.all([
    import('../../aws/image/publish-image.ts'),
    import('../../aws/choices.ts'),
    import('../views/render-aws.ts'),
  ]);
  const published = await publishImage(options, {
    tag,
    place: inAws ? 'aws' : 'here',
    buildArgs: buildArg,
    isQuiet: json,
    contextFile: contextPath,
    onLine: (line) => console.error(toTerminalText(line)),
  });
  print(json ? JSON.stringify(published) : renderImage(published));
}
