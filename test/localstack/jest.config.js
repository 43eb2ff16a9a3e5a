import base from '../../jest.config.js';

/** `npm run test:localstack`: both stacks and whole runs in LocalStack, which takes minutes. */
export default {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/localstack/**/*.test.ts'],
  testPathIgnorePatterns: [],
  testTimeout: 1_800_000,
  maxWorkers: 1,
};
