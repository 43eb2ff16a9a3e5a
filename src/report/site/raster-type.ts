/** Image formats that a browser shows and that run no code, by their first bytes. */
const SIGNATURES: readonly { extension: string; matches(head: string): boolean }[] = [
  { extension: 'png', matches: (head) => head.startsWith('\x89PNG\r\n\x1a\n') },
  { extension: 'jpg', matches: (head) => head.startsWith('\xff\xd8\xff') },
  { extension: 'gif', matches: (head) => /^GIF8[79]a/.test(head) },
  { extension: 'webp', matches: (head) => head.startsWith('RIFF') && head.slice(8, 12) === 'WEBP' },
  { extension: 'bmp', matches: (head) => head.startsWith('BM') },
];

/** The extension of a raster image by its bytes, whatever its name says; undefined for anything else, an SVG among it. */
export function rasterExtension(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 12)).toString('latin1');
  return SIGNATURES.find(({ matches }) => matches(head))?.extension;
}
