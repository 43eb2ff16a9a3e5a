import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { sha256Of } from '../../../src/base/hash.ts';
import { bedrock } from '../../../src/formats/bedrock.ts';
import type { Exporter } from '../../../src/formats/exporter.ts';
import { openai } from '../../../src/formats/openai.ts';
import type { Store } from '../../../src/store/store.ts';
import { aPublishedRun, questionsOfEveryKind, SYSTEM } from '../../support/published-run.ts';
import { aTemporaryFolder } from '../../support/temporary-folder.ts';
import { S3_LOCATION, writeExport } from '../../support/write-export.ts';

/**
 * A line of OpenAI's training file with images, of one turn:
 * https://developers.openai.com/api/docs/guides/vision-fine-tuning and .../supervised-fine-tuning (2026-11-29).
 */
const OpenaiLine = z.strictObject({
  messages: z.tuple([
    z.strictObject({ role: z.literal('system'), content: z.string() }),
    z.strictObject({
      role: z.literal('user'),
      content: z.array(
        z.discriminatedUnion('type', [
          z.strictObject({ type: z.literal('text'), text: z.string().min(1) }),
          z.strictObject({
            type: z.literal('image_url'),
            image_url: z.strictObject({
              url: z.string().regex(/^data:image\/(jpeg|png|webp);base64,[A-Za-z0-9+/]+=*$/),
            }),
          }),
        ]),
      ),
    }),
    z.strictObject({ role: z.literal('assistant'), content: z.string().min(1) }),
  ]),
});

/**
 * A line of Nova's training file, of one turn:
 * https://docs.aws.amazon.com/nova/latest/userguide/fine-tune-prepare-data-understanding.html (2026-11-29).
 */
const NovaLine = z.strictObject({
  schemaVersion: z.literal('bedrock-conversation-2024'),
  system: z.tuple([z.strictObject({ text: z.string().min(1) })]),
  messages: z.tuple([
    z.strictObject({
      role: z.literal('user'),
      content: z.array(
        z.union([
          z.strictObject({ text: z.string().min(1) }),
          z.strictObject({
            image: z.strictObject({
              format: z.enum(['png', 'jpeg', 'gif', 'webp']),
              source: z.strictObject({
                s3Location: z.strictObject({
                  uri: z.string().startsWith(`${S3_LOCATION.uri}/`),
                  bucketOwner: z.string().regex(/^\d{12}$/),
                }),
              }),
            }),
          }),
        ]),
      ),
    }),
    z.strictObject({ role: z.literal('assistant'), content: z.tuple([z.strictObject({ text: z.string().min(1) })]) }),
  ]),
});

const folder = aTemporaryFolder();
/** What is in an order of its own: texts, and hashes of images. */
const QUESTION = ['Which is larger, ', 'wide', ' or ', 'small', '?'];

describe('an export for a service', () => {
  let store: Store;
  let names: Map<string, string>;

  beforeAll(async () => {
    const asked = await questionsOfEveryKind();
    const [small, wide] = asked[1].images!.toReversed();
    names = new Map([
      [small.ref.sha256, 'small'],
      [wide.ref.sha256, 'wide'],
    ]);
    store = await aPublishedRun(join(folder, 'store'), asked);
  });

  async function readLines<T>(exporter: Exporter, line: z.ZodType<T>): Promise<T[]> {
    const { out } = await writeExport(store, exporter, 'sft', join(folder, exporter.name));
    const lines = readFileSync(join(out, 'train.jsonl'), 'utf8').trimEnd().split('\n');
    return lines.map((text) => line.parse(JSON.parse(text)));
  }

  it('has the lines that OpenAI documents, texts and images in their order', async () => {
    const lines = await readLines(openai, OpenaiLine);
    expect(lines).toHaveLength(5);
    expect(lines.every(({ messages: [system] }) => system.content === SYSTEM)).toBe(true);
    const contents = lines.map(({ messages: [, { content }] }) =>
      content.map((part) => (part.type === 'text' ? part.text : names.get(sha256Of(bytesOf(part.image_url.url))))),
    );
    expect(contents).toContainEqual(QUESTION);
  });

  it('has the lines that Amazon documents for Nova, with images that lie where they say', async () => {
    const lines = await readLines(bedrock, NovaLine);
    expect(lines).toHaveLength(5);
    const contents = lines.map(({ messages: [{ content }] }) =>
      content.map((part) =>
        'text' in part ? part.text : names.get(sha256Of(fileOf(part.image.source.s3Location.uri))),
      ),
    );
    expect(contents).toContainEqual(QUESTION);
    const formats = lines.flatMap(({ messages: [{ content }] }) =>
      content.flatMap((part) => ('text' in part ? [] : [part.image.format])),
    );
    expect(new Set(formats)).toEqual(new Set(['png', 'jpeg', 'webp']));
  });

  const bytesOf = (url: string) => Buffer.from(url.slice(url.indexOf(',') + 1), 'base64');
  const fileOf = (uri: string) => readFileSync(join(folder, 'bedrock', uri.slice(S3_LOCATION.uri.length + 1)));
});
