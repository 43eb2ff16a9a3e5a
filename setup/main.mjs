#!/usr/bin/env node
/**
 * `node setup/main.mjs [script arguments...]`: brings this machine to the state that every command needs, then
 * runs the script, if one is named, with the right Node. Plain JavaScript without dependencies, for Node 20 and newer.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { exitOnFailure, setUpNode, setUpTensorflow } from './set-up.mjs';

const [script, ...args] = process.argv.slice(2);
try {
  await setUpNode();
  await setUpTensorflow();
} catch (error) {
  exitOnFailure(error);
}
if (script === undefined) {
  console.error('set-up: ready');
} else {
  const path = resolve(script);
  process.argv = [process.execPath, path, ...args];
  await import(pathToFileURL(path).href);
}
