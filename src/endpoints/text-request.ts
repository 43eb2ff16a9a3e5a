/** Kinds of images that every endpoint takes, as files end and as they are named on the wire. */
export const IMAGE_MEDIA = { png: 'image/png', jpg: 'image/jpeg', webp: 'image/webp', gif: 'image/gif' } as const;
export type ImageEnding = keyof typeof IMAGE_MEDIA;

/** A piece of a message: words, or an image's file as it is. */
export type MessagePiece = { kind: 'text'; text: string } | { kind: 'image'; ending: ImageEnding; bytes: Uint8Array };

/** A turn of a conversation. */
export interface Message {
  role: 'user' | 'assistant';
  pieces: readonly MessagePiece[];
}

/** A question to a language model in words and images, to be answered in its own words. */
export interface TextRequest {
  system?: string;
  /** The user's turns and the model's own, in turns; the first and the last are the user's. */
  messages: readonly Message[];
  /** The endpoint's own where absent: some models take none. */
  temperature?: number;
  maxOutputTokens: number;
}

/** What came of a request, and the tokens the endpoint counted. */
export type TextReply = { inputTokens: number; outputTokens: number } & (
  | { kind: 'answered'; text: string; end: 'its own' | 'cut' }
  /** The model, or what guards it, gives no answer to this. */
  | { kind: 'declined'; reason: string }
);

/** An answer with what a model thought apart, between tags, where it does not say so itself. */
export function joinThought(thought: string, text: string): string {
  if (thought.trim() === '' || text.includes('<think>')) return text;
  return `<think>${thought.trim()}</think>\n${text}`;
}
