import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { packageRoot } from '../../src/base/package-root.ts';
import type { RawImage } from '../../src/base/raw-image.ts';
import type { ContentPart, PromptMessage } from '../../src/engine/processing/processor.ts';
import { folderModelFiles, type ModelFiles } from '../../src/engine/weights/model-files.ts';

// Written by scripts/parity/make_fixtures.py; the names are its names.
const fixturesFolder = join(packageRoot, 'test/fixtures/parity');

export const caseNames = ['one-image', 'windows', 'mixed'] as const;

interface EncodedArray {
  shape: number[];
  float32: string;
}

export interface ExpectedPrompt {
  text: string;
  tokenIds: number[];
  imageGridThw: [number, number, number][];
  imageFeatures?: EncodedArray;
  positionIds: number[][];
  lastLogits: EncodedArray;
  nextTokenLogprobs: EncodedArray;
  greedy: { tokenIds: number[]; text: string; finishReason: 'stop' | 'length' };
}

export interface ParityPrompt {
  name: string;
  message: PromptMessage;
  /** The message as stored: images by file name within the case's folder. */
  content: StoredPart[];
  expected: ExpectedPrompt;
}

export interface ParityCase {
  maxNewTokens: number;
  /** Path of the checkpoint folder. */
  checkpoint: string;
  files: ModelFiles;
  prompts: ParityPrompt[];
}

export type StoredPart = { type: 'text'; text: string } | { type: 'image'; file: string };

/** A checkpoint and what `transformers` computed with it. */
export function loadParityCase(name: string): ParityCase {
  const stored = readFixture<{
    maxNewTokens: number;
    prompts: { name: string; system?: string; content: StoredPart[]; expected: ExpectedPrompt }[];
  }>(`${name}/expected.json`);
  const toPart = (part: StoredPart): ContentPart =>
    part.type === 'text' ? part : { type: 'image', image: readFixtureFile(`${name}/${part.file}`) };
  return {
    maxNewTokens: stored.maxNewTokens,
    checkpoint: fixturePath(`${name}/checkpoint`),
    files: folderModelFiles(fixturePath(`${name}/checkpoint`)),
    prompts: stored.prompts.map(({ name, system, content, expected }) => ({
      name,
      content,
      message: { system, content: content.map(toPart) },
      expected,
    })),
  };
}

export function fixturePath(name: string): string {
  return join(fixturesFolder, name);
}

export function readFixtureFile(name: string): Uint8Array {
  return readFileSync(fixturePath(name));
}

export function readFixture<T>(name: string): T {
  return readFixtureFrom<T>(`parity/${name}`);
}

/** A JSON file of test/fixtures. */
export function readFixtureFrom<T>(name: string): T {
  return JSON.parse(readFileSync(join(packageRoot, 'test/fixtures', name), 'utf8')) as T;
}

export function decodeFloats(array: EncodedArray): Float32Array {
  return toFloats(Buffer.from(array.float32, 'base64'));
}

/** Bytes stored as gzip in base64. */
export function unpack(packed: string): Uint8Array {
  return gunzipSync(Buffer.from(packed, 'base64'));
}

export function unpackFloats(packed: string): Float32Array {
  return toFloats(unpack(packed));
}

function toFloats(bytes: Uint8Array): Float32Array {
  return new Float32Array(new Uint8Array(bytes).buffer);
}

export function rawImage([width, height]: [number, number], packed: string): RawImage {
  return { data: unpack(packed), width, height };
}

/** The largest absolute difference; throws when the lengths differ. */
export function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) throw new Error(`${actual.length} values for ${expected.length}`);
  let largest = 0;
  for (let i = 0; i < actual.length; i++) {
    const difference = Math.abs(actual[i] - expected[i]);
    // A NaN is no agreement.
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return largest;
}
