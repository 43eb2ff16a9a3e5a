import { runsTypeScript } from '../../../setup/node-runtime.mjs';

describe('the oldest Node that runs TypeScript', () => {
  it.each([
    ['20.20.2', false],
    ['22.17.1', false],
    ['22.18.0', true],
    ['23.0.0', true],
    ['24.0.0', true],
  ])('%s: %s', (version, expected) => {
    expect(runsTypeScript(version)).toBe(expected);
  });
});
