import type { Environment } from '../endpoints/environment.ts';
import type { Choosable } from '../schema/config/choice.ts';
import type { ExpertUsage } from '../schema/expert-answer.ts';
import type { ExpertSample } from '../schema/expert-sample.ts';
import type { Prompt } from '../schema/prompt.ts';
import type { Store } from '../store/store.ts';
import type { TextCache } from '../store/text-cache.ts';

/** A response that was refused, and what the expert is told of it: nothing that gives the right answer away. */
export interface Refused {
  response: string;
  feedback: string;
}

/** What an expert is asked. */
export interface Question {
  prompt: Prompt;
  /** Which of several answers to the prompt this is to be, from 0. */
  answer: number;
  /** The responses that it gave for this one, oldest first. */
  refused: readonly Refused[];
  /** Replies it gave to this prompt before, whichever answer they were for. */
  replies: number;
}

/** What an expert says. */
export type Reply =
  /** `flaw` says in words what is wrong with the response itself, e.g. that it was cut. */
  | { kind: 'answered'; response: string; flaw?: string; usage?: ExpertUsage }
  /** It declines, or what came is no response: to ask the same again is of no use. */
  | { kind: 'failed'; failure: string; usage?: ExpertUsage }
  /** It has nothing more to say to this prompt. */
  | { kind: 'silent' };

/** An expert at work: made once for many prompts, several of which may be under way together. */
export interface Consultant {
  /** What its answers depend on beside its version, e.g. a model; becomes part of the version. */
  variant?: string;
  /** Told once which prompts it will be asked about. */
  prepare?(prompts: readonly Prompt[]): Promise<void>;
  reply(question: Question): Promise<Reply>;
  /**
   * What must be put right before a run begins that may ask about any of these prompts, in words.
   *
   * @param toleratedShare of prompts that may stay without an answer
   */
  findFaults?(prompts: readonly Prompt[], toleratedShare: number): Promise<string[]>;
  /** Asks something small, so that a wrong key, or a model that sees nothing, is found before a run. */
  probe?(): Promise<void>;
}

/** What experts reach outside of the run's records. */
export interface ExpertServices {
  /** Images, and files of the user's own. */
  store: Store;
  /** Keeps answers, so that none is paid for twice. */
  answers: TextCache;
  /** Absent where nobody will be asked: then no key is looked for. */
  environment?: Environment;
  /** What a job of the run has sampled of an expert on our own engine, in the order of the samples. */
  readSamples?(): Promise<ExpertSample[]>;
}

/** Someone who answers where the policy cannot. Each is one file of this room, and a line in its list. */
export interface Expert<Options = unknown> extends Choosable<Options> {
  /** Options that name a file of the user's: a path in the config, a key on the store. */
  files?: readonly string[];
  /** Options that name a folder of the user's, as `files`, each with a file that it must hold. */
  folders?: Readonly<Record<string, string>>;
  /** Of the fields that a run config leaves out. */
  defaults: { maxAttempts: number; toleratedShare: number };
  create(options: Options, services: ExpertServices): Consultant;
}
