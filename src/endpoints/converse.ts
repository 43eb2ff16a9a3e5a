import type { ContentBlock, ConverseCommandInput, ConverseCommandOutput } from '@aws-sdk/client-bedrock-runtime';
import type { StructuredReply, StructuredRequest } from './structured-request.ts';
import { joinThought, type MessagePiece, type TextReply, type TextRequest } from './text-request.ts';

/** A request whose answer is constrained by the schema of a tool that the model must call, as Converse takes it. */
export function structuredInput(modelId: string, request: StructuredRequest): ConverseCommandInput {
  const { answerName, answerDescription, answerSchema } = request;
  return {
    modelId,
    system: [{ text: request.system }],
    messages: [{ role: 'user', content: [{ text: request.user }] }],
    inferenceConfig: { temperature: 0, maxTokens: request.maxOutputTokens },
    toolConfig: {
      tools: [{ toolSpec: { name: answerName, description: answerDescription, inputSchema: { json: answerSchema } } }],
      toolChoice: { tool: { name: answerName } },
    },
  };
}

/** A request for free text. */
export function textInput(modelId: string, request: TextRequest): ConverseCommandInput {
  const { system, temperature, maxOutputTokens } = request;
  return {
    modelId,
    ...(system !== undefined && { system: [{ text: system }] }),
    messages: request.messages.map(({ role, pieces }) => ({ role, content: pieces.map(toBlock) })),
    inferenceConfig: { ...(temperature !== undefined && { temperature }), maxTokens: maxOutputTokens },
  };
}

function toBlock(piece: MessagePiece): ContentBlock {
  if (piece.kind === 'text') return { text: piece.text };
  return { image: { format: piece.ending === 'jpg' ? 'jpeg' : piece.ending, source: { bytes: piece.bytes } } };
}

/** What the model called the tool with; undefined where it did not. */
export function readStructured(
  { output, usage }: ConverseCommandOutput,
  { answerName }: Pick<StructuredRequest, 'answerName'>,
): StructuredReply | undefined {
  const call = output?.message?.content?.find(({ toolUse }) => toolUse?.name === answerName)?.toolUse;
  return call && { value: call.input, ...tokensOf(usage) };
}

const DECLINED: readonly (string | undefined)[] = ['content_filtered', 'guardrail_intervened'];

/** The text that the model wrote. */
export function readText({ output, usage, stopReason }: ConverseCommandOutput): TextReply {
  const blocks = output?.message?.content ?? [];
  const thought = blocks.map(({ reasoningContent }) => reasoningContent?.reasoningText?.text ?? '').join('');
  const text = joinThought(thought, blocks.map((block) => block.text ?? '').join(''));
  const tokens = tokensOf(usage);
  if (DECLINED.includes(stopReason)) return { kind: 'declined', reason: stopReason!.replace('_', ' '), ...tokens };
  return { kind: 'answered', text, end: stopReason === 'max_tokens' ? 'cut' : 'its own', ...tokens };
}

const tokensOf = (usage: ConverseCommandOutput['usage']) => ({
  inputTokens: usage?.inputTokens ?? 0,
  outputTokens: usage?.outputTokens ?? 0,
});
