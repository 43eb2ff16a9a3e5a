import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../src/base/package-root.ts';

/** What `npm pack` would put into the package, but for the build. */
function packedFiles(): string[] {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const { stdout } = spawnSync('npm', args, { cwd: packageRoot, encoding: 'utf8' });
  const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
  return files.map(({ path }) => path);
}

it('the packed package has every document and folder that its README links', () => {
  const links = [...readFileSync(join(packageRoot, 'README.md'), 'utf8').matchAll(/\]\((?!\w+:)([^)#]+)/g)];
  const targets = [...new Set(links.map(([, target]) => target.replace(/\/$/, '')))];
  expect(targets.length).toBeGreaterThan(3);
  const files = packedFiles();
  expect(targets.filter((target) => !files.some((file) => file === target || file.startsWith(`${target}/`)))).toEqual(
    [],
  );
});
