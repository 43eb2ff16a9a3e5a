/** A file of the user's own code. */
export interface ModuleFile {
  name: string;
  /** As messages name it: where its author has it, or its name where that is not known. */
  place: string;
  code: Uint8Array;
}

/** A call of what a module defines, and what it gives: what is asked of each kind is the reward's or the expert's to say. */
export interface ModuleCall {
  kind: string;
}

/** What a module of a kind of things is asked, and what each call gives. */
export interface ModuleProtocol {
  /** What it says of itself when it was loaded. */
  description: object;
  calls: ModuleCall;
  /** By the kind of the call. */
  answers: object;
}
export type AnswerOf<P extends ModuleProtocol, Kind> = Kind extends keyof P['answers'] ? P['answers'][Kind] : never;

/** A user's module at work, in the thread that it has to itself. */
export interface LoadedModule<P extends ModuleProtocol> {
  description: P['description'];
  answer(call: P['calls']): Promise<unknown>;
  /** An error of the module in one line, with the place in its file. */
  describe(error: unknown): string;
}

/** The number that loading the module has among the calls. */
export const LOADING = 0;

/** From the thread, of loading and of each call: that it has begun, and how it has ended. */
export type ThreadMessage = { id: number } & (
  | { kind: 'started' }
  | { kind: 'answered'; answer: unknown }
  | { kind: 'failed'; message: string }
);
