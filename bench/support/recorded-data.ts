import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { createRandom, type Random } from '../../src/base/random.ts';

export const GROUP_SIZE = 8;
const IMAGES = 16;
const LINES_PER_WRITE = 2048;
const WORDS = 'the angle of side two is half as long so we add both and get then take away it equals'.split(' ');

/** Writes a dataset of prompts with one of a few images each, and the responses to them, in a folder. */
export async function writeRecordedData(
  folder: string,
  responses: number,
  order: 'by prompt' | 'by model',
): Promise<void> {
  mkdirSync(join(folder, 'images'), { recursive: true });
  for (let image = 0; image < IMAGES; image++) {
    const background = { r: 16 * image, g: 128, b: 64 };
    const picture = sharp({ create: { width: 28 + image, height: 28, channels: 3, background } }).png();
    writeFileSync(join(folder, 'images', `${image}.png`), await picture.toBuffer());
  }
  const prompts = responses / GROUP_SIZE;
  writeLines(join(folder, 'prompts.jsonl'), prompts, aRow);
  writeLines(join(folder, 'responses.jsonl'), responses, (line) =>
    order === 'by prompt'
      ? aRecordedResponse(Math.floor(line / GROUP_SIZE), line % GROUP_SIZE)
      : aRecordedResponse(line % prompts, Math.floor(line / prompts)),
  );
}

function writeLines(path: string, count: number, lineOf: (line: number) => object): void {
  const file = openSync(path, 'w');
  for (let start = 0; start < count; start += LINES_PER_WRITE) {
    const lines = Array.from({ length: Math.min(LINES_PER_WRITE, count - start) }, (_, at) => lineOf(start + at));
    writeSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }
  closeSync(file);
}

function aRow(prompt: number) {
  const random = createRandom(prompt);
  const answer = String(prompt % 97);
  return {
    id: `q-${prompt}`,
    question: `<image1> ${words(random, 20)}?`,
    images: [`images/${prompt % IMAGES}.png`],
    answer,
    ...(prompt % 4 === 0 && { solution: aText(random, answer) }),
    tier: `level ${prompt % 5}`,
  };
}

/** A tenth of the prompts are beyond every model, a tenth are easy. */
function aRecordedResponse(prompt: number, index: number) {
  const random = createRandom(prompt * GROUP_SIZE + index + 2 ** 31);
  const share = [0, 1][prompt % 10] ?? 0.5;
  const isRight = random.next() < share;
  return {
    promptId: `q-${prompt}`,
    model: `model-${index}`,
    response: aText(random, String((prompt % 97) + (isRight ? 0 : 1))),
    officialCorrect: isRight,
  };
}

const aText = (random: Random, answer: string) =>
  `<think>${words(random, 60)}</think> <answer>\\boxed{${answer}}</answer>`;

const words = (random: Random, count: number) => Array.from({ length: count }, () => random.pick(WORDS)).join(' ');
