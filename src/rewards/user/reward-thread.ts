import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { LOADING, type RewardCall, type RewardFile, type ThreadMessage } from './reward-calls.ts';
import { openUserReward, type UserRewardModule } from './user-reward-module.ts';

interface ThreadData {
  thread: 'user-reward';
  file: RewardFile;
}

/** Enough for any rule; a reward that takes more ends alone, and not the stage. */
const MEMORY_MIB = 1024;

/**
 * Starts a thread that loads a user's module and serves its reward: a loop without end, or a `process.exit`, then ends the
 * thread and nothing else. The thread runs this very file, on Lambda the bundle that holds it.
 */
export function startRewardThread(file: RewardFile): Worker {
  const data: ThreadData = { thread: 'user-reward', file };
  return new Worker(import.meta.filename, {
    workerData: data,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MIB },
    // What this process was started with is for its own script.
    execArgv: [],
  });
}

const isRewardThread = !isMainThread && (workerData as ThreadData | null)?.thread === 'user-reward';
if (isRewardThread) void serve(workerData as ThreadData);

async function serve({ file }: ThreadData): Promise<void> {
  const tell = (message: ThreadMessage) => parentPort!.postMessage(message);
  let module: UserRewardModule;
  tell({ id: LOADING, kind: 'started' });
  try {
    module = await openUserReward(file);
  } catch (error) {
    return tell({ id: LOADING, kind: 'failed', message: (error as Error).message });
  }
  parentPort!.on('message', async ({ id, call }: { id: number; call: RewardCall }) => {
    tell({ id, kind: 'started' });
    try {
      tell({ id, kind: 'answered', answer: await module.answer(call) });
    } catch (error) {
      tell({ id, kind: 'failed', message: module.describe(error) });
    }
  });
  tell({ id: LOADING, kind: 'answered', answer: module.description });
}
