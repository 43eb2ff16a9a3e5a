/** Bundles the browser's pages for the package, which has no bundler: `dist/ui/`. Part of `prepack`. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { bundlePath, bundleUi, UI_ENTRIES } from '../../src/report/site/bundle-ui.ts';

for (const entry of UI_ENTRIES) {
  const { js, css } = await bundleUi(entry);
  await mkdir(dirname(bundlePath(entry, 'js')), { recursive: true });
  await writeFile(bundlePath(entry, 'js'), js);
  await writeFile(bundlePath(entry, 'css'), css);
}
