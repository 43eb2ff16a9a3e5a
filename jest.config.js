/** ESM-only packages that Jest must transform with our own code. */
const esmPackages = [
  ...['@huggingface', 'aws-local-stepfunctions', 'csv-parse', 'hyparquet', 'hyparquet-compressors'],
  ...['hyparquet-writer', 'hysnappy', 'p-queue'],
];

// Workers inherit it; inside a test `process.env` is a copy that native code cannot see.
process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';

export default {
  testEnvironment: '<rootDir>/test/support/jest-environment.ts',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // `npm run test:container`, `npm run test:localstack` and `npm run test:peers`
  testPathIgnorePatterns: ['<rootDir>/test/container/', '<rootDir>/test/localstack/', '<rootDir>/test/peers/'],
  testTimeout: 180_000,
  // TensorFlow already uses every core inside one op.
  maxWorkers: 2,
  reporters: ['default', '<rootDir>/test/support/plain-summary-reporter.ts'],
  transform: {
    '\\.[mc]?[jt]s$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2024' },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esmPackages.join('|')})/)`],
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/cdk.out'],
};
