import { sha256Of } from '../../base/hash.ts';
import type { RawImage } from '../../base/raw-image.ts';
import type { Fault, PlacedPrompt } from '../../datasets/check-prompts.ts';
import { readDataset } from '../../datasets/read-dataset.ts';
import type { PromptSource } from '../../schema/config/prompt-source.ts';
import { AlreadyExistsError } from '../../schema/errors.ts';
import { imageKey } from '../../schema/keys.ts';
import type { ImageRef } from '../../schema/prompt.ts';
import type { Store } from '../../store/store.ts';
import { encodePng } from '../../tasks/encode-png.ts';
import type { Task, TaskSource } from '../../tasks/family.ts';
import { drawTasks, findTaskFaults } from '../../tasks/index.ts';

/** Looked for and written at once. */
const CONCURRENT_IMAGES = 16;

/** The prompts of a source, and the lines of it that could not be read. */
export interface MaterializedPrompts {
  prompts: PlacedPrompt[];
  faults: Fault[];
}

/**
 * Reads or draws the prompts of a source, and writes their images to the store by content.
 * @param field of the run config, which faults of the source itself name
 */
export async function materializePrompts(
  store: Store,
  field: string,
  source: PromptSource,
): Promise<MaterializedPrompts> {
  if (source.kind === 'dataset') return readPrompts(store, source);
  const faults = findTaskFaults(source).map(({ path, message }) => ({ place: [field, ...path].join('.'), message }));
  return { prompts: faults.length === 0 ? await drawPrompts(store, source) : [], faults };
}

async function readPrompts(store: Store, source: PromptSource & { kind: 'dataset' }): Promise<MaterializedPrompts> {
  const prompts: PlacedPrompt[] = [];
  const faults: Fault[] = [];
  let unwritten: { key: string; bytes: Uint8Array }[] = [];
  for await (const entry of readDataset(store, source.path, source.limit)) {
    if (entry.kind === 'fault') {
      faults.push(entry);
      continue;
    }
    const { place, prompt, images } = entry;
    prompts.push({ place, prompt });
    unwritten.push(...images.map((bytes, index) => ({ key: prompt.images[index].key, bytes })));
    if (unwritten.length < CONCURRENT_IMAGES) continue;
    await Promise.all(unwritten.map(({ key, bytes }) => writeImage(store, key, bytes)));
    unwritten = [];
  }
  await Promise.all(unwritten.map(({ key, bytes }) => writeImage(store, key, bytes)));
  return { prompts, faults };
}

async function drawPrompts(store: Store, source: TaskSource): Promise<PlacedPrompt[]> {
  const tasks = drawTasks(source);
  const prompts: PlacedPrompt[] = [];
  const remaining = tasks.entries();
  const drawNext = async () => {
    for (const [at, task] of remaining) prompts[at] = await storeTask(store, task);
  };
  await Promise.all(Array.from({ length: CONCURRENT_IMAGES }, drawNext));
  return prompts;
}

async function storeTask(store: Store, task: Task): Promise<PlacedPrompt> {
  const { promptId, tier, question, answer, annotations, solution } = task;
  const images = await Promise.all(task.images.map((image) => storeImage(store, image)));
  const prompt = { promptId, question, images, groundTruth: answer, annotations, solution, tier };
  return { place: `task ${promptId}`, prompt };
}

async function storeImage(store: Store, image: RawImage): Promise<ImageRef> {
  const png = await encodePng(image);
  const sha256 = sha256Of(png);
  const key = imageKey(sha256, 'png');
  await writeImage(store, key, png);
  return { key, sha256, width: image.width, height: image.height };
}

/** Keys are content hashes, so an image that is there already is the same one. */
async function writeImage(store: Store, key: string, bytes: Uint8Array): Promise<void> {
  if (await store.exists(key)) return;
  await store.write(key, bytes, { ifAbsent: true }).catch((error) => {
    if (!(error instanceof AlreadyExistsError)) throw error;
  });
}
