import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { packageRoot } from '../../base/package-root.ts';

/** Pages in the browser, each an entry of `src/report/ui`. */
export const UI_ENTRIES = ['report', 'live'] as const;
export type UiEntry = (typeof UI_ENTRIES)[number];

/** What a page loads. */
export interface UiBundle {
  js: Uint8Array;
  css: Uint8Array;
}

/** Where bundles lie in the package, as `scripts/ui/build.ts` leaves them. */
export const bundlePath = (entry: UiEntry, extension: 'js' | 'css') =>
  join(packageRoot, 'dist', 'ui', `${entry}.${extension}`);

/** A page's code and styles: in a checkout bundled now, from what is there; in the package as they were packed. */
export async function loadUi(entry: UiEntry): Promise<UiBundle> {
  if (extname(import.meta.filename) === '.ts') return bundleUi(entry);
  const [js, css] = await Promise.all([readFile(bundlePath(entry, 'js')), readFile(bundlePath(entry, 'css'))]);
  return { js, css };
}

/** Bundles a page with all the libraries that it uses, licences included. Needs the development dependencies. */
export async function bundleUi(entry: UiEntry): Promise<UiBundle> {
  const { build } = await import('esbuild');
  const folder = join(packageRoot, 'src/report/ui');
  const { outputFiles } = await build({
    entryPoints: [join(folder, `${entry}.tsx`)],
    outfile: `${entry}.js`,
    tsconfig: join(folder, 'tsconfig.json'),
    bundle: true,
    format: 'iife',
    target: ['chrome119', 'firefox121', 'safari17.4'],
    minify: true,
    legalComments: 'eof',
    write: false,
  });
  const contentOf = (extension: string) => outputFiles.find(({ path }) => path.endsWith(extension))!.contents;
  return { js: contentOf('.js'), css: contentOf('.css') };
}
