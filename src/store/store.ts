/** Bytes under keys: a local folder or a bucket. Every driver passes the one contract suite. */
export interface Store {
  /** The whole object. Throws `NotFoundError`. */
  read(key: string): Promise<Buffer>;
  /** Writes whole or not at all. With `ifAbsent`, throws `AlreadyExistsError` when the key is there. */
  write(key: string, bytes: Uint8Array | string, options?: { ifAbsent?: boolean }): Promise<void>;
  exists(key: string): Promise<boolean>;
  /** Keys that begin with the prefix, sorted by code unit. */
  list(prefix: string): Promise<string[]>;
  /** Removes the object; absent is fine. */
  delete(key: string): Promise<void>;
  /** `file:///...` or `s3://bucket/prefix`: what `openStore` takes. */
  readonly uri: string;
}
