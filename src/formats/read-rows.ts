import { InvalidInputError, NotFoundError } from '../schema/errors.ts';
import { layOutImages } from '../schema/image-marks.ts';
import { configKey, manifestKey, promptsKey, promptsPrefix, sftShardsPrefix } from '../schema/keys.ts';
import { Manifest } from '../schema/manifest.ts';
import { Prompt } from '../schema/prompt.ts';
import { questionText } from '../schema/question-text.ts';
import { createCheckedStore } from '../store/checked-store.ts';
import { readConfig, readJson, streamRecords } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { ExportRow, ExportSet, ExportSource, Question } from './exporter.ts';
import { readSamples } from './webdataset.ts';

/** The rows of a run, and how many there are. */
export interface RunRows extends Omit<ExportSource, 'facts'> {
  count: number;
}

/** What rows lie in, checked against the manifest of who wrote it. */
interface FinishedFolder {
  store: Store;
  parts: Manifest['parts'];
  system?: string;
}

/**
 * Opens one of the sets of a run, in the order of its files: of SFT its shards, of RL its training prompts.
 * Throws `InvalidInputError` where there is no such run, or it has not come that far.
 */
export async function openRows(store: Store, runId: string, set: ExportSet): Promise<RunRows> {
  const folder = await openFolder(store, runId, set);
  if (set === 'rl') return openPrompts(folder, promptsKey(runId, 'train'));
  const tars = folder.parts.filter(({ key }) => key.endsWith('.tar'));
  const read = (key: string) => folder.store.readStream(key);
  return {
    count: tars.reduce((sum, { records = 0 }) => sum + records, 0),
    shards: () => tars.map(({ key }) => ({ name: key.slice(sftShardsPrefix(runId).length), content: read(key) })),
    async *rows() {
      for (const { key } of tars) {
        for await (const { example, prompt, images } of readSamples(read(key))) {
          yield { set: 'sft', ...askQuestion(folder, prompt, images), id: example.exampleId, example };
        }
      }
    },
  };
}

function openPrompts(folder: FinishedFolder, key: string): RunRows {
  const { store, parts } = folder;
  return {
    count: parts.find((part) => part.key === key)?.records ?? 0,
    shards: () => [],
    async *rows(): AsyncGenerator<ExportRow> {
      for await (const prompt of streamRecords(store, key, Prompt)) {
        const images = await Promise.all(prompt.images.map((image) => store.read(image.key)));
        yield { set: 'rl', ...askQuestion(folder, prompt, images), id: prompt.promptId };
      }
    },
  };
}

/** A prompt as the policy was asked it. */
function askQuestion({ system }: FinishedFolder, prompt: Prompt, images: readonly Buffer[]): Omit<Question, 'id'> {
  return {
    system,
    content: layOutImages(questionText(prompt), prompt.images.length),
    images: prompt.images.map((image, index) => {
      return { ...image, name: image.key.slice(image.key.lastIndexOf('/') + 1), bytes: images[index] };
    }),
    prompt,
  };
}

async function openFolder(store: Store, runId: string, set: ExportSet): Promise<FinishedFolder> {
  const { policy } = await readConfig(store, configKey(runId)).catch((cause) => {
    if (!(cause instanceof NotFoundError)) throw cause;
    throw new InvalidInputError(`There is no run ${runId} in ${store.uri}; name one of its runs/, or another --store`, {
      cause,
    });
  });
  const prefix = set === 'sft' ? sftShardsPrefix(runId) : promptsPrefix(runId);
  const { parts } = await readJson(store, manifestKey(prefix), Manifest).catch((cause) => {
    if (!(cause instanceof NotFoundError)) throw cause;
    throw new InvalidInputError(`Run ${runId} has no ${prefix} yet; export it when it has come that far`, { cause });
  });
  return { store: createCheckedStore(store, parts), parts, system: policy.systemPrompt };
}
