import { shorten } from '../../base/terminal-text.ts';
import { InvalidInputError } from '../../schema/errors.ts';
import { isEmpty } from '../field-names.ts';

/** An image as a row gives it: the file itself, where it is, or in which other row. */
export type ImageSource =
  | { kind: 'bytes'; bytes: Uint8Array }
  | { kind: 'base64'; text: string }
  | { kind: 'path'; path: string }
  | { kind: 'row'; id: string };

/** Longer texts are no paths. */
const MAX_PATH = 512;
const BASE64 = /^[\w+/=\s-]+$/;

/** The images of a column: one or a list. Throws `InvalidInputError` that names the column. */
export function readImages(value: unknown, column: string): ImageSource[] {
  return [value].flat().map((one) => {
    const source = toSource(one);
    if (source !== undefined) return source;
    const found = shorten(JSON.stringify(one) ?? 'nothing');
    throw new InvalidInputError(`${column}: ${found} is no image; give a path, base64 or {"bytes", "path"}`);
  });
}

/** True for a picture itself, or a list with one. */
export const isPicture = (value: unknown): boolean =>
  [value].flat().some((one) => /bytes|base64/.test(toSource(one)?.kind ?? ''));

/** `{bytes, path}` of `datasets`, `{image}`, `{path}`, `{url}` and `{image_url: {url}}` of others; a path, an address, base64. */
function toSource(value: unknown): ImageSource | undefined {
  if (value instanceof Uint8Array) return { kind: 'bytes', bytes: value };
  if (typeof value === 'string') return fromText(value);
  if (typeof value !== 'object' || value === null) return undefined;
  const { bytes, image, path, image_url, url } = value as Record<string, unknown>;
  if (typeof bytes === 'string' && bytes !== '') return { kind: 'base64', text: bytes };
  const found = [bytes, image, image_url, url, path].find((one) => !isEmpty(one));
  return found === undefined ? undefined : toSource(found);
}

function fromText(text: string): ImageSource | undefined {
  if (text === '') return undefined;
  const [, data] = /^data:[^,]*;base64,(.*)$/is.exec(text) ?? [];
  if (data !== undefined) return { kind: 'base64', text: data };
  if (text.length > MAX_PATH && BASE64.test(text)) return { kind: 'base64', text };
  return { kind: 'path', path: text };
}
