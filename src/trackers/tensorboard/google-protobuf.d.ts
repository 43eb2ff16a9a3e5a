/** What is used here of a package without types. */
declare module 'google-protobuf' {
  export class BinaryWriter {
    writeDouble(field: number, value: number): void;
    writeFloat(field: number, value: number): void;
    writeInt32(field: number, value: number): void;
    writeInt64(field: number, value: number): void;
    writeEnum(field: number, value: number): void;
    writeString(field: number, value: string): void;
    writeBytes(field: number, value: Uint8Array): void;
    writePackedDouble(field: number, values: readonly number[]): void;
    writeMessage<T>(field: number, value: T, write: (value: T, writer: BinaryWriter) => void): void;
    getResultBuffer(): Uint8Array;
  }
  const jspb: { BinaryWriter: typeof BinaryWriter };
  export default jspb;
}
