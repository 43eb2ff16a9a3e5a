/** For the build of the image: lays in TensorFlow, of the build that `RISE_TENSORFLOW` names, as set-up does. */
import { chooseTensorflow, installTensorflow } from '../../../setup/tensorflow.mjs';

await installTensorflow(await chooseTensorflow());
