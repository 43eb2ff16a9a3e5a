import { execFile } from 'node:child_process';
import type { DefineExpert } from '../../src/experts/user/user-expert.ts';

/**
 * An expert of one's own: a program of any language, which is given the question as JSON on its standard input, images in base64,
 * and writes its response on its standard output; nothing where it has none. In a run config:
 *
 *     expert:
 *       name: command
 *       module: experts/command.ts
 *       options: { command: [python3, teacher.py] }
 */
const command: DefineExpert<{ command: string[] }> = ({ z }) => ({
  name: 'command',
  version: '1',
  options: z.strictObject({ command: z.array(z.string()).min(1) }),
  create: ({ command: [program, ...given] }) => ({
    answer: ({ images, ...question }) =>
      new Promise((resolve, reject) => {
        const child = execFile(program, given, { maxBuffer: 16 * 2 ** 20 }, (error, response) =>
          error ? reject(error) : resolve(response),
        );
        // A program that ends without reading says why itself.
        child.stdin!.on('error', () => {});
        const shown = images.map(({ mediaType, bytes }) => ({
          mediaType,
          base64: Buffer.from(bytes).toString('base64'),
        }));
        child.stdin!.end(JSON.stringify({ ...question, images: shown }));
      }),
  }),
});

export default command;
