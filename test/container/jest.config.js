import base from '../../jest.config.js';

/** `npm run test:container`: what takes a Docker engine and minutes. One file at a time, for the machine's sake. */
export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/container/**/*.test.ts'],
  testPathIgnorePatterns: [],
  maxWorkers: 1,
};
