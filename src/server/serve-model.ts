import { basename, resolve } from 'node:path';
import { openEngine, type Precision } from '../engine/open-engine.ts';
import { folderModelFiles } from '../engine/weights/model-files.ts';
import { type Server, type ServerSettings, startServer } from './start-server.ts';

/** What is served, and how. */
export interface ServeRequest extends ServerSettings {
  /** Checkpoint folder. */
  model: string;
  /** Folder of a LoRA adapter for it. */
  adapter?: string;
  /** By which requests name it; that of its folders by default. */
  name?: string;
  precision: Precision;
  /** Answers decoded together. */
  maxTogether: number;
  /** Tokens of an answer. */
  maxTokens: number;
}

export interface ServedFolder extends Server {
  name: string;
}

/** Loads the model of a checkpoint folder and serves it; disposing ends the server, then frees the model. */
export async function serveModel(request: ServeRequest): Promise<ServedFolder> {
  const { model, adapter, precision, maxTogether, maxTokens, ...settings } = request;
  const folders = [model, ...(adapter === undefined ? [] : [adapter])];
  const name = request.name ?? folders.map((folder) => basename(resolve(folder))).join('+');
  const engine = await openEngine(folderModelFiles(model), {
    engine: 'traced',
    precision,
    ...(adapter !== undefined && { adapter: { kind: 'stored', files: folderModelFiles(adapter) } }),
  });
  const { processor, contextLength } = engine;
  const limits = { contextLength, maxTokens, maxAnswers: maxTogether };
  const created = Math.floor(Date.now() / 1000);
  try {
    const sampler = engine.createContinuousSampler(maxTogether);
    const server = await startServer({ name, created, processor, sampler, limits }, settings);
    return {
      ...server,
      name,
      async [Symbol.asyncDispose]() {
        await server[Symbol.asyncDispose]();
        await sampler[Symbol.asyncDispose]();
        engine[Symbol.dispose]();
      },
    };
  } catch (error) {
    engine[Symbol.dispose]();
    throw error;
  }
}
