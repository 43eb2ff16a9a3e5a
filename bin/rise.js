#!/usr/bin/env node
/** The `rise` command, for Node 20 and newer: does what set-up is missing, then runs the TypeScript or built CLI. */
import { existsSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';
import { cacheFolder } from '../setup/places.mjs';
import { exitOnFailure, setUpNode, setUpTensorflow } from '../setup/set-up.mjs';

const args = process.argv.slice(2);
const onAws = ['deploy', 'image', 'start', 'status', 'watch', 'logs', 'stop', 'resume', 'download'];
const onFiles = ['compare', 'init', 'ls', 'report', 'rm', 'show'];
const withoutEngine =
  ['doctor', 'help', 'plan', 'simulate', ...onFiles, ...onAws].includes(args[0]) ||
  args.length === 0 ||
  args.some(isAboutItself);

// What Node makes of the TypeScript is kept for the next process, workers included; Node 20 has no such cache.
process.env.NODE_COMPILE_CACHE ??= join(cacheFolder(), 'compiled');
module.enableCompileCache?.(process.env.NODE_COMPILE_CACHE);

try {
  await setUpNode();
  if (!withoutEngine) await setUpTensorflow();
} catch (error) {
  exitOnFailure(error);
}

const source = new URL('../src/cli/main.ts', import.meta.url);
const built = new URL('../dist/src/cli/main.js', import.meta.url);
if (!existsSync(source) && !existsSync(built)) {
  console.error('This package was packed without its build; pack it with `npm run package`.');
  process.exit(1);
}
await import((existsSync(source) ? source : built).href);

function isAboutItself(argument) {
  return ['--help', '-h', '--version', '-V'].includes(argument);
}
