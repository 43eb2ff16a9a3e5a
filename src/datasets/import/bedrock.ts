import { InvalidInputError } from '../../schema/errors.ts';
import { isEmpty } from '../field-names.ts';
import { readConversation, readExchange } from './conversation.ts';
import type { ForeignRow } from './foreign-row.ts';
import type { Importer } from './importer.ts';
import { withoutColumns } from './plain.ts';

const SCHEMA = 'schemaVersion';

/**
 * Amazon Bedrock's fine-tuning: `messages` of Converse, images in base64 or by where they lie in S3. Nothing is fetched: such an
 * image is looked for beside the file, at the end of its address that begins with the folder `images/`.
 */
export const bedrock: Importer = {
  name: 'bedrock',
  findSign: (row) => (String(row[SCHEMA] ?? '').startsWith('bedrock-conversation') ? SCHEMA : undefined),
  read(row) {
    if (!Array.isArray(row.messages)) {
      throw new InvalidInputError('has no messages; give [{"role": "user", "content": [{"text"}]}], or another --from');
    }
    const { fields, images, unread } = readConversation(
      withoutColumns(row, [SCHEMA, 'system']),
      'messages',
      readExchange(row.messages.map(toTurn), 'messages'),
    );
    return { fields, images, unread: [...(isEmpty(row.system) ? [] : ['system']), ...unread] };
  },
};

/** A turn with its images as other chats have them. */
function toTurn(turn: ForeignRow): ForeignRow {
  if (!Array.isArray(turn?.content)) return turn;
  return { ...turn, content: turn.content.map((part) => (isEmpty(part?.image) ? part : toImage(part.image))) };
}

function toImage({ source }: { source?: { bytes?: unknown; s3Location?: { uri?: unknown } } }) {
  if (typeof source?.bytes === 'string') return { type: 'image', image: { bytes: source.bytes } };
  const uri = String(source?.s3Location?.uri ?? '');
  const at = uri.lastIndexOf('/images/');
  if (at !== -1) return { type: 'image', path: uri.slice(at + 1) };
  throw new InvalidInputError(
    `messages: an image is at ${uri || 'no address'}, and nothing is fetched; put it into images/ beside the file, and name it so`,
  );
}
