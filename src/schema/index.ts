export * from './errors.ts';
export * as keys from './keys.ts';
export * from './manifest.ts';
export * from './prompt.ts';
export * from './route.ts';
export * from './run-config.ts';
export * from './seeds.ts';
export * from './stage-contracts.ts';
export * from './trajectory.ts';
