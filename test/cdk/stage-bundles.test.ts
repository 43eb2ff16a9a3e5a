import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { STAGE_FUNCTION_NAMES } from '../../cdk/stage-function-names.ts';
import { packageRoot } from '../../src/package-root.ts';

const bundle = (name: string) => {
  const { outputFiles, metafile } = buildSync({
    entryPoints: [join(packageRoot, 'lambdas', name, 'handler.ts')],
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    external: ['sharp'],
    logLevel: 'silent',
  });
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path));
  return { bytes: outputFiles[0].contents.length, usesSharp: imports.includes('sharp') };
};

it.each(STAGE_FUNCTION_NAMES)('the code of %s is under 5 MB, and only validation brings an image library', (name) => {
  const { bytes, usesSharp } = bundle(name);
  expect(bytes).toBeLessThan(5e6);
  expect(usesSharp).toBe(name === 'validate-run');
});
