import { mapBounded } from '../../base/bounded.ts';
import { sha256Of } from '../../base/hash.ts';
import type { RawImage } from '../../base/raw-image.ts';
import type { Fault, PlacedPrompt } from '../../datasets/check-prompts.ts';
import { readDataset } from '../../datasets/read-dataset.ts';
import type { PromptSource } from '../../schema/config/prompt-source.ts';
import { imageKey } from '../../schema/keys.ts';
import type { ImageRef } from '../../schema/prompt.ts';
import { createCheckedStore } from '../../store/checked-store.ts';
import { writeIfAbsent } from '../../store/presence.ts';
import type { Store } from '../../store/store.ts';
import { readContentList } from '../../store/stored-content.ts';
import { encodePng } from '../../tasks/encode-png.ts';
import type { Task, TaskSource } from '../../tasks/family.ts';
import { drawTasks, findTaskFaults } from '../../tasks/index.ts';

/** Prompts whose images are looked for and written at once. */
const CONCURRENT_PROMPTS = 16;

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
  const dataset = createCheckedStore(store, await readContentList(store, source.path));
  await mapBounded(readDataset(dataset, source.path, source.limit), CONCURRENT_PROMPTS, async (entry) => {
    if (entry.kind === 'fault') {
      faults.push(entry);
      return;
    }
    const { place, prompt, images } = entry;
    prompts.push({ place, prompt });
    await Promise.all(images.map((bytes, index) => writeImage(store, prompt.images[index].key, bytes)));
  });
  return { prompts, faults };
}

function drawPrompts(store: Store, source: TaskSource): Promise<PlacedPrompt[]> {
  return mapBounded(drawTasks(source), CONCURRENT_PROMPTS, (task) => storeTask(store, task));
}

async function storeTask(store: Store, task: Task): Promise<PlacedPrompt> {
  const { promptId, tier, question, answer, annotations, solution, details } = task;
  const images = await Promise.all(task.images.map((image) => storeImage(store, image)));
  const prompt = { promptId, question, images, groundTruth: answer, annotations, solution, tier, details };
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
  if (!(await store.exists(key))) await writeIfAbsent(store, key, bytes);
}
