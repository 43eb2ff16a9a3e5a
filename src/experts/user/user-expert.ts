import type * as zod from 'zod';
import type { ExpertUsage } from '../../schema/expert-answer.ts';
import type { Refused } from '../expert.ts';

/** What an expert of the user's own is asked: all that may be known of a prompt, which is neither its answer nor a solution. */
export interface UserQuestion {
  promptId: string;
  question: string;
  /** Of a multiple choice, A first. */
  options?: string[];
  /** In order; `<image>` in the question marks where they stand. */
  images: { mediaType: string; bytes: Uint8Array }[];
  /** Which of several answers to the prompt this is to be, from 0. */
  answer: number;
  /** The responses that it gave for this one, and what was wrong with each. */
  refused: readonly Refused[];
}

/** A response, by itself or with what it took; nothing where it has none. */
export type UserReply = string | { response: string; usage?: Partial<Omit<ExpertUsage, 'waitSeconds'>> } | undefined;

/** An expert of the user's own, in a module of one file. */
export interface UserExpert<Options = unknown> {
  /** That by which the run config chooses it. */
  name: string;
  /** Changes whenever its answers may. */
  version: string;
  /** Its knobs, `expert.options` in the run config. */
  options: zod.ZodType<Options>;
  create(options: Options): {
    /** What its answers depend on beside its version, e.g. a model; becomes part of the version. */
    variant?: string;
    answer(question: UserQuestion): UserReply | Promise<UserReply>;
  };
}

/** What a user's module exports as its default: it imports nothing but Node's own modules, so zod is given to it. */
export type DefineExpert<Options = unknown> = (tools: { z: typeof zod.z }) => UserExpert<Options>;

/** What a user's expert is asked to do; all of it runs in its thread. */
export type ExpertCall =
  | { kind: 'create'; options: object }
  | { kind: 'answer'; consultant: number; question: UserQuestion };

/** How the thread of a user's expert is talked to. */
export interface ExpertProtocol {
  description: { name: string; version: string };
  calls: ExpertCall;
  /** Of `create` the number of what it made. */
  answers: { create: { consultant: number; variant?: string }; answer: unknown };
}
