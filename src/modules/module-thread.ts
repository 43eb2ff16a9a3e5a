import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import {
  LOADING,
  type LoadedModule,
  type ModuleFile,
  type ModuleProtocol,
  type ThreadMessage,
} from './module-calls.ts';

/** What a module defines: one thing of the user's own. */
export type ModuleKind = 'reward' | 'expert';

interface ThreadData {
  module: ModuleKind;
  file: ModuleFile;
}

/** Enough for any rule; a module that takes more ends alone, and not the stage. */
const MEMORY_MIB = 1024;

/**
 * Starts a thread that loads a user's module and serves what it defines: a loop without end, or a `process.exit`, then ends the
 * thread and nothing else.
 *
 * @param script that calls `serveInThread` when it is run: on Lambda the bundle that holds it
 */
export function startModuleThread(script: string, module: ModuleKind, file: ModuleFile): Worker {
  const data: ThreadData = { module, file };
  return new Worker(script, {
    workerData: data,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MIB },
    // What this process was started with is for its own script.
    execArgv: [],
  });
}

/** Serves the module that this thread was started for, where it was started for one of this kind. */
export function serveInThread<P extends ModuleProtocol>(
  module: ModuleKind,
  open: (file: ModuleFile) => Promise<LoadedModule<P>>,
): void {
  const data = workerData as ThreadData | null;
  if (!isMainThread && data?.module === module) void serve(data.file, open);
}

async function serve<P extends ModuleProtocol>(file: ModuleFile, open: (file: ModuleFile) => Promise<LoadedModule<P>>) {
  const tell = (message: ThreadMessage) => parentPort!.postMessage(message);
  let loaded: LoadedModule<P>;
  tell({ id: LOADING, kind: 'started' });
  try {
    loaded = await open(file);
  } catch (error) {
    return tell({ id: LOADING, kind: 'failed', message: (error as Error).message });
  }
  parentPort!.on('message', async ({ id, call }: { id: number; call: P['calls'] }) => {
    tell({ id, kind: 'started' });
    try {
      tell({ id, kind: 'answered', answer: await loaded.answer(call) });
    } catch (error) {
      tell({ id, kind: 'failed', message: loaded.describe(error) });
    }
  });
  tell({ id: LOADING, kind: 'answered', answer: loaded.description });
}
