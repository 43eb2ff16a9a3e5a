import type { StructuredReply, StructuredRequest } from './structured-request.ts';
import type { TextReply, TextRequest } from './text-request.ts';

/** An endpoint that is sent each request once. Its calls throw `EndpointFailure`. */
export interface Sender {
  ask(request: StructuredRequest, signal: AbortSignal): Promise<StructuredReply>;
  complete(request: TextRequest, signal: AbortSignal): Promise<TextReply>;
}
