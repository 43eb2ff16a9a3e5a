import sharp from 'sharp';
import { sha256Of } from '../../src/base/hash.ts';
import { webdataset } from '../../src/formats/webdataset.ts';
import { configKey, imageKey, promptsKey, promptsPrefix, sftShardsPrefix } from '../../src/schema/keys.ts';
import type { ImageRef, Prompt } from '../../src/schema/prompt.ts';
import type { SftExample } from '../../src/schema/sft-example.ts';
import { createLocalStore } from '../../src/store/local-store.ts';
import { encodeRecords } from '../../src/store/records.ts';
import type { Store } from '../../src/store/store.ts';
import { anExpertRoute, aPrompt, aResponse, aRunConfig } from './factories.ts';
import { openWork } from './finished-work.ts';

export const RUN_ID = 'published';
export const SYSTEM = 'Think first.\nThen answer.';

/** An image's file, and what a prompt says of it. */
interface ImageFile {
  bytes: Buffer;
  ref: ImageRef;
}

/** An image of noise, so that no two are alike and each pixel counts. */
export async function anImageFile(
  seed: number,
  {
    width = 56,
    height = 56,
    format = 'png',
  }: { width?: number; height?: number; format?: 'png' | 'jpg' | 'webp' | 'gif' } = {},
): Promise<ImageFile> {
  const pixels = Buffer.from(
    Array.from({ length: width * height * 3 }, (_, i) => (i * 31 + seed * 97 + ((i * i) >> 5)) & 255),
  );
  const image = sharp(pixels, { raw: { width, height, channels: 3 } });
  const encoded =
    format === 'webp' ? image.webp({ lossless: true }) : image.toFormat(format === 'jpg' ? 'jpeg' : format);
  const bytes = await encoded.toBuffer();
  const sha256 = sha256Of(bytes);
  return { bytes, ref: { key: imageKey(sha256, format), sha256, width, height } };
}

/** A question with its images, and the answer to it. */
export interface Asked {
  question: string;
  images?: readonly ImageFile[];
  options?: string[];
  response?: string;
}

/** Questions of every kind: images at the front, within, out of order, of several formats, none; options; other scripts. */
export async function questionsOfEveryKind(): Promise<Asked[]> {
  const [png, wide, jpeg, webp] = await Promise.all([
    anImageFile(1),
    anImageFile(2, { width: 112 }),
    anImageFile(3, { format: 'jpg' }),
    anImageFile(4, { format: 'webp' }),
  ]);
  return [
    { question: 'How many bars?', images: [png] },
    { question: 'Which is larger, <image> or <image>?', images: [wide, png] },
    { question: 'First <image2>, then <image1>: what changed?', images: [png, jpeg] },
    { question: 'Größe 数 of it?\n\nSay "why".', images: [webp], options: ['3 cm', '7 cm'] },
    { question: 'What is 3 + 4?', response: '<think>3 + 4\n= 7.</think>\n<answer>\\boxed{7}</answer>' },
  ];
}

/** A store with a run that has published an example for each question, and asks RL the same ones. */
export async function aPublishedRun(
  folder: string,
  asked: readonly Asked[],
  { system = SYSTEM, examplesPerFile = 2 }: { system?: string; examplesPerFile?: number } = {},
): Promise<Store> {
  const store = createLocalStore(folder);
  const config = aRunConfig({ policy: { model: 'models/base/', ...(system !== '' && { systemPrompt: system }) } });
  await store.write(configKey(RUN_ID), JSON.stringify(config));
  const examples = asked.map(toExample);
  for (const { ref, bytes } of asked.flatMap(({ images = [] }) => images)) await store.write(ref.key, bytes);

  const publish = await openWork(store, { prefix: sftShardsPrefix(RUN_ID), stage: 'publish', runId: RUN_ID, seed: 1 });
  for await (const { name, bytes, index } of webdataset.write(examples, { examplesPerFile })) {
    await publish.writePart(`${sftShardsPrefix(RUN_ID)}${name}`, bytes, index.length);
  }
  await publish.finish({});
  const validate = await openWork(store, { prefix: promptsPrefix(RUN_ID), stage: 'validate', runId: RUN_ID, seed: 1 });
  const prompts = examples.map(({ prompt }) => prompt);
  await validate.writePart(promptsKey(RUN_ID, 'train'), encodeRecords(prompts), prompts.length);
  await validate.finish({});
  return store;
}

function toExample({ question, images = [], options, response = aResponse('7') }: Asked, index: number) {
  const promptId = `p${index}`;
  const prompt: Prompt = aPrompt({
    promptId,
    question,
    images: images.map(({ ref }) => ref),
    ...(options && { options }),
  });
  const example: SftExample = {
    ...{ exampleId: `${promptId}-expert`, source: 'expert', promptId, response },
    provenance: { runId: RUN_ID, route: anExpertRoute(promptId), expertProvider: 'test', graderVersion: 'accuracy@4' },
  };
  return { example, prompt, readImages: async () => images.map(({ bytes }) => bytes) };
}
