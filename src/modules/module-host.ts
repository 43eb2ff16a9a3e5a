import type { Worker } from 'node:worker_threads';
import { InvalidInputError } from '../schema/errors.ts';
import { type AnswerOf, LOADING, type ModuleFile, type ModuleProtocol, type ThreadMessage } from './module-calls.ts';
import { type ModuleKind, startModuleThread } from './module-thread.ts';

/** What a user's module defines, seen from outside of its thread. */
export interface ModuleHost<P extends ModuleProtocol> {
  readonly description: P['description'];
  /** Whether its thread has ended. */
  readonly isOver: boolean;
  /**
   * Asks it. Throws the kind's own error where it throws, takes longer than the limit once it has begun, or ends its thread;
   * after the last two every call fails alike.
   */
  call<Kind extends P['calls']['kind']>(
    call: P['calls'] & { kind: Kind },
    limitSeconds: number,
  ): Promise<AnswerOf<P, Kind>>;
  /** Ends the thread, whatever it is doing. */
  end(): Promise<void>;
}

/** A kind of modules, as a host runs it. */
export interface HostedKind {
  kind: ModuleKind;
  /** Run in the thread; it serves the kind. */
  script: string;
  /** Its error, of what went wrong in the thread. */
  fail(message: string): Error;
}

interface PendingCall {
  limitSeconds: number;
  timer?: NodeJS.Timeout;
  resolve(answer: never): void;
  reject(error: Error): void;
}

/** Loads a module in a thread of its own, within as long as one call may take. Throws `InvalidInputError` where that fails. */
export async function openModuleHost<P extends ModuleProtocol>(
  hosted: HostedKind,
  file: ModuleFile,
  limitSeconds: number,
): Promise<ModuleHost<P>> {
  const worker = startModuleThread(hosted.script, hosted.kind, file);
  const calls = followCalls(worker, hosted);
  const description = await calls.expect<P['description']>(LOADING, limitSeconds).catch(async (cause: Error) => {
    await worker.terminate();
    throw new InvalidInputError(`${file.place} does not load: ${cause.message}`, { cause });
  });
  let asked = LOADING;
  return {
    description,
    get isOver() {
      return calls.endedBy !== undefined;
    },
    call(call, seconds) {
      const answer = calls.expect<never>(++asked, seconds);
      worker.postMessage({ id: asked, call });
      return answer;
    },
    end: async () => void (await worker.terminate()),
  };
}

/** Matches what the thread tells with what it was asked; the thread keeps the process alive only meanwhile. */
function followCalls(worker: Worker, { kind, fail }: Pick<HostedKind, 'kind' | 'fail'>) {
  const pending = new Map<number, PendingCall>();
  let endedBy: string | undefined;
  const settle = (id: number): PendingCall | undefined => {
    const call = pending.get(id);
    clearTimeout(call?.timer);
    pending.delete(id);
    if (pending.size === 0) worker.unref();
    return call;
  };
  const end = (reason: string) => {
    endedBy ??= reason;
    for (const id of [...pending.keys()]) settle(id)?.reject(fail(endedBy));
  };
  const start = (id: number) => {
    const call = pending.get(id);
    if (!call) return;
    call.timer = setTimeout(() => {
      end(`it took longer than ${call.limitSeconds} s; make it faster, or raise its timeoutSeconds`);
      void worker.terminate();
    }, call.limitSeconds * 1000);
  };
  worker.on('message', (message: ThreadMessage) => {
    if (message.kind === 'started') start(message.id);
    else if (message.kind === 'answered') settle(message.id)?.resolve(message.answer as never);
    else settle(message.id)?.reject(fail(message.message));
  });
  worker.on('error', (error) => end(`it ended its thread: ${error}`));
  worker.on('exit', (exitCode) =>
    end(
      `it ended its thread with exit code ${exitCode}; ${kind === 'expert' ? 'an' : 'a'} ${kind} may not end the process`,
    ),
  );
  return {
    get endedBy() {
      return endedBy;
    },
    expect: <Answer>(id: number, limitSeconds: number): Promise<Answer> =>
      new Promise((resolve, reject) => {
        if (endedBy !== undefined) return reject(fail(endedBy));
        pending.set(id, { limitSeconds, resolve, reject });
        worker.ref();
      }),
  };
}
