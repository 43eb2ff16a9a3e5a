import { crc32c } from '@aws-crypto/crc32c';

/**
 * A file of TFRecords, which TensorBoard's event files are: each record its length (8 bytes, little-endian), a checksum of
 * that, its bytes, a checksum of them (tensorflow/core/lib/io/record_writer.h).
 */
export const encodeTfRecords = (records: readonly Uint8Array[]): Buffer => Buffer.concat(records.flatMap(encodeRecord));

function encodeRecord(record: Uint8Array): Uint8Array[] {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(record.length));
  return [length, checksum(length), record, checksum(record)];
}

/** CRC-32C, rotated and shifted: a checksum of bytes that hold checksums would be weak (tensorflow/core/lib/hash/crc32c.h). */
function checksum(bytes: Uint8Array): Buffer {
  const crc = crc32c(bytes);
  const encoded = Buffer.alloc(4);
  encoded.writeUInt32LE((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
  return encoded;
}
