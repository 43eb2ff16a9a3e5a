import { join } from 'node:path';
import { fetchNpmPackage } from './npm-package.mjs';
import { bindingPackage } from './pins.mjs';
import { findDependency, packageRoot } from './places.mjs';

/** True when TensorFlow's binding is installed: always in a checkout, where it is a locked development dependency. */
export function hasBinding() {
  return findDependency(bindingPackage.name) !== undefined;
}

/**
 * Lays the binding beside an installed package. It is no ordinary dependency because npm would run its install script,
 * which downloads a TensorFlow of 2022 that we do not use, and fails where that download is blocked.
 */
export async function installBinding() {
  await fetchNpmPackage(bindingPackage, join(packageRoot, 'node_modules', bindingPackage.name));
}
