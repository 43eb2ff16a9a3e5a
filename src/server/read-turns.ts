import { createBudget } from '../base/budget.ts';
import type { ContentPart, Turn } from '../engine/processing/processor.ts';
import { decodeImage } from '../images/decode-image.ts';
import { InvalidInputError } from '../schema/errors.ts';
import { MAX_IMAGE_PIXELS } from '../schema/image-limits.ts';
import { badArgument } from './api-error.ts';
import type { ChatRequest } from './chat-request.ts';

type Message = ChatRequest['messages'][number];
type Part = Exclude<Message['content'], string>[number];

/** Images decoded at once in this process: one, since it may have as many pixels as are allowed. */
const decoding = createBudget(MAX_IMAGE_PIXELS);

/** Messages as the engine takes them, their images decoded. Throws `ApiError` that names an image it cannot take. */
export async function readTurns(messages: readonly Message[]): Promise<Turn[]> {
  const turns: Turn[] = [];
  for (const [index, message] of messages.entries()) turns.push(await readTurn(message, `messages.${index}.content`));
  return turns;
}

async function readTurn(message: Message, place: string): Promise<Turn> {
  const parts: Part[] =
    typeof message.content === 'string' ? [{ type: 'text', text: message.content }] : message.content;
  if (message.role === 'user') {
    const content: ContentPart[] = [];
    for (const [at, part] of parts.entries()) content.push(await readPart(part, `${place}.${at}`));
    return { role: 'user', content };
  }
  const text = parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
  return { role: message.role === 'developer' ? 'system' : message.role, content: text };
}

async function readPart(part: Part, place: string): Promise<ContentPart> {
  if (part.type === 'text') return part;
  const bytes = readDataUrl(part.image_url.url, `${place}.image_url.url`);
  try {
    return { type: 'image', image: await decoding.spend(MAX_IMAGE_PIXELS, () => decodeImage(bytes, 'the image')) };
  } catch (error) {
    if (error instanceof InvalidInputError) throw badArgument(`${place}.image_url.url`, error.message, 'invalid_image');
    throw error;
  }
}

const DATA_URL = /^data:(image\/[\w.+-]+)?((?:;[\w-]+=[^;,]*)*);base64,/i;

function readDataUrl(url: string, place: string): Buffer {
  const head = DATA_URL.exec(url.slice(0, 200));
  if (head) return Buffer.from(url.slice(head[0].length), 'base64');
  throw badArgument(
    place,
    /^https?:/i.test(url)
      ? 'this server fetches nothing; give the image itself as data:image/png;base64,...'
      : 'give an image as data:image/png;base64,...',
    'invalid_image_url',
  );
}
