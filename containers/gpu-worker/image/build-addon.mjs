/** For the build of the image: lays in the binding and the addon that joins it with TensorFlow, as set-up does. */
import { installAddon } from '../../../scripts/setup/addon.mjs';
import { installBinding } from '../../../scripts/setup/binding.mjs';
import { chooseTensorflow } from '../../../scripts/setup/tensorflow.mjs';

await installBinding();
await installAddon(await chooseTensorflow(), process.execPath);
