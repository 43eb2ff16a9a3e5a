/**
 * Every error this project throws on purpose. Step Functions matches on `name`, so names are contract.
 * A message says the place, the value and the remedy.
 */
export class RiseError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The run config, a dataset or a command line is wrong; retrying cannot help. */
export class InvalidInputError extends RiseError {}

/** A record on the store does not have the shape its schema promises. */
export class CorruptRecordError extends RiseError {}

/** The store holds nothing under the key. */
export class NotFoundError extends RiseError {}

/** The store cannot be read or written as things are: no permission, no room, no folder. Retrying cannot help. */
export class StorageError extends RiseError {}

/** A conditional write found the key already there. */
export class AlreadyExistsError extends RiseError {}

/** The engine cannot run this model or these inputs. */
export class UnsupportedModelError extends RiseError {}

/** A stage made no progress for longer than its heartbeat; the message names the stuck item. */
export class StalledError extends RiseError {}

/** A language model's endpoint failed at every try, or the store could not be reached; later it may answer. */
export class EndpointError extends RiseError {}

/** The process was asked to stop (SIGINT, SIGTERM); what is written is whole, rerunning resumes. */
export class InterruptedError extends RiseError {}

/** TensorFlow or its addon is not installed, or does not load on this machine. */
export class MissingBackendError extends RiseError {}

/** A loss, gradient or log-probability is not finite; retrying with the same seeds cannot help. */
export class DivergedError extends RiseError {}

/** Sampler and trainer give the same tokens other log-probabilities: what is learned from them would be wrong. */
export class SamplerMismatchError extends RiseError {}

/** A reward threw, or gave a value that is no number; the message names the reward and the trajectory. */
export class RewardFailedError extends RiseError {}

/** Too many prompts are without an expert's answer that may teach; the message names the dead-letter files. */
export class UnansweredPromptsError extends RiseError {}

/** An expert of the user's own threw, or gave what is no reply; the message names the expert and the prompt. */
export class ExpertFailedError extends RiseError {}

/** A run on AWS ended without success; the message says where and why. */
export class RunFailedError extends RiseError {}
