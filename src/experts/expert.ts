import type { Environment } from '../endpoints/environment.ts';
import type { Choosable } from '../schema/config/choice.ts';
import type { Prompt } from '../schema/prompt.ts';
import type { TextCache } from '../store/text-cache.ts';

/** An expert at work: made once for many prompts. */
export interface Consultant {
  /** What its answers depend on beside its version, e.g. a model; becomes part of the version. */
  variant?: string;
  /** A full response, or undefined where it has none. */
  answer(prompt: Prompt): Promise<string | undefined>;
}

/** What experts reach outside of the run's records. */
export interface ExpertServices {
  /** Keeps answers, so that none is paid for twice. */
  answers: TextCache;
  /** Absent where nobody will be asked: then no key is looked for. */
  environment?: Environment;
}

/** Someone who answers where the policy cannot. Each is one file of this room, and a line in its list. */
export interface Expert<Options = unknown> extends Choosable<Options> {
  create(options: Options, services: ExpertServices): Consultant;
}
