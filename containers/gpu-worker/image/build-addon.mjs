/** For the build of the image: lays in the binding and the addon that joins it with TensorFlow, as set-up does. */
import { installAddon } from '../../../setup/addon.mjs';
import { installBinding } from '../../../setup/binding.mjs';
import { chooseTensorflow } from '../../../setup/tensorflow.mjs';

await installBinding();
await installAddon(await chooseTensorflow(), process.execPath);
