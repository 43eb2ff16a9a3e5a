/**
 * For the build of the image: lays in TensorFlow and the addon, for which `npm ci` has brought what they need already.
 */
import { exitOnFailure, setUpTensorflow } from '../../scripts/setup/set-up.mjs';

try {
  await setUpTensorflow();
} catch (error) {
  exitOnFailure(error);
}
