import type { Completion } from '../engine/generation/sequence.ts';
import type { AnswerPiece } from './answer-reader.ts';
import { chunkBody, completionBody, tokenLogprobs, type Usage } from './completion-body.ts';
import type { PreparedChat } from './prepare-chat.ts';

/** The answers of a request as a whole. */
export async function completeChat(chat: PreparedChat, signal: AbortSignal): Promise<{ body: object; usage: Usage }> {
  const answers = Array.from({ length: chat.answerCount }, () => ({
    pieces: [] as AnswerPiece[],
    finishReason: 'stop' as Completion['finishReason'],
  }));
  const usage = await chat.sample(signal, (answer, piece, finishReason = 'stop') => {
    answers[answer].pieces.push(piece);
    answers[answer].finishReason = finishReason;
  });
  const choices = answers.map(({ pieces, finishReason }, index) => ({
    index,
    message: { role: 'assistant', content: pieces.map(({ text }) => text).join(''), refusal: null },
    logprobs: logprobsOf(chat, pieces),
    finish_reason: finishReason,
  }));
  return { body: completionBody(chat.head, choices, usage), usage };
}

/** The answers of a request in chunks, each given as it comes. */
export async function streamChat(
  chat: PreparedChat,
  signal: AbortSignal,
  onChunk: (chunk: object) => void,
): Promise<{ usage: Usage }> {
  const isUsageWanted = chat.request.stream_options?.include_usage === true;
  const give = (index: number, delta: object, logprobs: object | null, finish_reason: string | null) =>
    onChunk(chunkBody(chat.head, [{ index, delta, logprobs, finish_reason }], isUsageWanted ? null : undefined));
  for (let answer = 0; answer < chat.answerCount; answer++)
    give(answer, { role: 'assistant', content: '' }, null, null);
  const usage = await chat.sample(signal, (answer, piece, finishReason) => {
    if (piece.text !== '' || piece.tokens.length > 0)
      give(answer, { content: piece.text }, logprobsOf(chat, [piece]), null);
    if (finishReason) give(answer, {}, null, finishReason);
  });
  if (isUsageWanted) onChunk(chunkBody(chat.head, [], usage));
  return { usage };
}

/** Those of the tokens of some pieces, where the request asks for them. */
function logprobsOf({ request, processor }: PreparedChat, pieces: readonly AnswerPiece[]): object | null {
  if (!request.logprobs) return null;
  const textOf = (tokenId: number) => processor.decode([tokenId], { skipSpecialTokens: false });
  return tokenLogprobs(
    pieces.flatMap(({ tokens }) => tokens),
    textOf,
  );
}
