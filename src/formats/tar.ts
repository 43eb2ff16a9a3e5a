const BLOCK = 512;
const NAME_BYTES = 100;

/** What ends an archive: two blocks of zeros. */
export const TAR_END: Buffer = Buffer.alloc(2 * BLOCK);

/**
 * One file of a tar (POSIX ustar; a name of over 100 bytes in a pax record before it): header, content, padding. The same
 * file gives the same bytes: no owners, time zero.
 */
export function* tarEntry(name: string, content: Uint8Array): Generator<Uint8Array> {
  if (Buffer.byteLength(name) > NAME_BYTES) {
    const record = paxRecord('path', name);
    yield encodeHeader('PaxHeader', record.length, 'x');
    yield* padded(record);
  }
  yield encodeHeader(name, content.byteLength, '0');
  yield* padded(content);
}

function* padded(content: Uint8Array): Generator<Uint8Array> {
  yield content;
  const rest = content.byteLength % BLOCK;
  if (rest > 0) yield TAR_END.subarray(0, BLOCK - rest);
}

/** Everything but name, size, type and checksum; the checksum counts as blanks while it is summed. */
const TEMPLATE = Buffer.alloc(BLOCK);
TEMPLATE.write('0000644\x000000000\x000000000\0', 100);
TEMPLATE.write('00000000000\0        ', 136);
TEMPLATE.write('ustar\x0000', 257);
const TEMPLATE_SUM = TEMPLATE.reduce((sum, byte) => sum + byte, 0);

function encodeHeader(name: string, size: number, type: '0' | 'x'): Buffer {
  const header = Buffer.from(TEMPLATE);
  const nameBytes = header.write(name, 0, NAME_BYTES);
  header.write(size.toString(8).padStart(11, '0'), 124);
  header.write(type, 156);
  let sum = TEMPLATE_SUM + header[156];
  for (let at = 0; at < nameBytes; at++) sum += header[at];
  // The template has zeros for the digits of the size.
  for (let at = 124; at < 135; at++) sum += header[at] - TEMPLATE[at];
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

/** `<length> <key>=<value>\n`, the length counting itself. */
function paxRecord(key: string, value: string): Buffer {
  const rest = ` ${key}=${value}\n`;
  const bytes = Buffer.byteLength(rest);
  let length = bytes;
  while (length !== bytes + String(length).length) length = bytes + String(length).length;
  return Buffer.from(`${length}${rest}`);
}
