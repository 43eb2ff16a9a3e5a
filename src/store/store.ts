/**
 * Bytes under keys: a local folder or a bucket. Every driver passes the one contract suite. Every method throws
 * `StorageError`, `InvalidInputError` or `EndpointError`, with what to do, where it cannot reach them.
 */
export interface Store {
  /** The whole object. Throws `NotFoundError`. */
  read(key: string): Promise<Buffer>;
  /** The object, or some of its bytes, piece by piece: for what memory should not hold. Throws `NotFoundError`. */
  readStream(key: string, range?: ByteRange): AsyncIterable<Buffer>;
  /** Writes whole or not at all. With `ifAbsent`, throws `AlreadyExistsError` when the key is there. */
  write(key: string, bytes: Uint8Array | string, options?: { ifAbsent?: boolean }): Promise<void>;
  /** Writes what memory should not hold, whole or not at all: nothing when the source throws. */
  writeStream(key: string, source: AsyncIterable<Uint8Array>): Promise<void>;
  /**
   * Gives an object's bytes to another key too, over what is there, without passing them through this process where that can
   * be: either key may be written or deleted without the other. Throws `NotFoundError`.
   */
  copy(from: string, to: string): Promise<void>;
  exists(key: string): Promise<boolean>;
  /** Bytes of the object; undefined when there is none. */
  sizeOf(key: string): Promise<number | undefined>;
  /** Differs whenever the object was written anew; undefined when there is none. No hash: a copy's may differ too. */
  stampOf(key: string): Promise<string | undefined>;
  /** Where the object lies, if that is a file of this machine: for what reads it faster there than from a stream. */
  pathOf?(key: string): string | undefined;
  /** Where somebody has promised what an object's bytes are: its ranges, to be checked when all have passed. */
  checkRanges?(key: string): CheckedRanges | undefined;
  /** Keys that begin with the prefix, sorted by code unit. */
  list(prefix: string): Promise<string[]>;
  /** As `list`, with the bytes of each. */
  listSizes(prefix: string): Promise<Map<string, number>>;
  /** Removes the object; absent is fine. */
  delete(key: string): Promise<void>;
  /** `file:///...` or `s3://bucket/prefix`: what `openStore` takes. */
  readonly uri: string;
}

/** Bytes from `start` to before `end`, counted from the object's first; what lies past its last is left out. */
export interface ByteRange {
  start: number;
  end: number;
}

/** An object of which each byte is read once, in ranges, and that is checked when all of it has passed. */
export interface CheckedRanges {
  /**
   * Bytes from `start` to before `end`. Ranges are asked for in their order, and may be read side by side; what lies between
   * them is read too.
   */
  read(start: number, end: number): AsyncIterable<Buffer>;
  /** Reads the rest. Throws where the whole is not as it was promised: nothing that was read is to be used before. */
  verify(): Promise<void>;
}
