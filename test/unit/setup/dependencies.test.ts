import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasDependencies } from '../../../setup/dependencies.mjs';

const locked = {
  '': { version: '1.0.0' },
  'node_modules/a': { version: '1.2.3' },
  'node_modules/other-platform': { version: '2.0.0', optional: true },
};

describe('the check of node_modules', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'dependencies-'));
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: locked }));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function install(packages: Record<string, { version: string }>): void {
    mkdirSync(join(folder, 'node_modules'));
    writeFileSync(join(folder, 'node_modules', '.package-lock.json'), JSON.stringify({ packages }));
  }

  it('fails where nothing is installed', () => {
    expect(hasDependencies(folder)).toBe(false);
  });

  it('passes without the packages of other platforms', () => {
    install({ 'node_modules/a': { version: '1.2.3' } });
    expect(hasDependencies(folder)).toBe(true);
  });

  it.each([
    ['a package is missing', {}],
    ['a package has another version', { 'node_modules/a': { version: '1.2.4' } }],
  ])('fails where %s', (_, packages) => {
    install(packages as Record<string, { version: string }>);
    expect(hasDependencies(folder)).toBe(false);
  });
});
