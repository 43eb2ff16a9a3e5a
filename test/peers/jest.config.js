import base from '../../jest.config.js';

/** `npm run test:peers`: trainers of others, each installed once into an environment of its own. One at a time. */
export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/peers/**/*.test.ts'],
  testPathIgnorePatterns: [],
  testTimeout: 900_000,
  maxWorkers: 1,
};
