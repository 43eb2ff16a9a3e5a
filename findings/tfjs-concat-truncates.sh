#!/usr/bin/env bash
# Guess: tf.concat of an int32 and a float32 tensor either gives float32, as tf.add does, or is refused, as in TensorFlow.
# What happens: the result has the type of the first tensor: [1] (int32) with [0.5] (float32) is [1, 0] in int32, without
#   a word; the other way round it is right. tf.stack refuses the same pair; tf.add and tf.where give float32.
# Versions: @tensorflow/tfjs 4.22.0 (CPU backend), Node 20. 2026-11-28.
# Why it matters: rewards and masks made from token ids or tf.range (int32, or float32 by default) get joined to
#   probabilities or advantages; partial credit becomes 0, and the type hangs on which part comes first.
# What to do: cast to float32 before concat.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$dir" @tensorflow/tfjs@4.22.0
cd "$dir"
cat > concat.mjs <<'JS'
import * as tf from '@tensorflow/tfjs';

await tf.setBackend('cpu');
console.log('@tensorflow/tfjs', tf.version.tfjs);
const expect = (what, tensor, expected) => {
  const seen = `${tensor.dtype} ${[...tensor.dataSync()].join(' ')}`;
  console.log(`${what}: ${seen}`);
  if (seen === expected) return;
  console.error(`The behaviour changed: ${what} was ${expected}.`);
  process.exit(1);
};
const whole = tf.tensor1d([1], 'int32');
const half = tf.tensor1d([0.5]);
expect('concat of 1 and 0.5', tf.concat([whole, half]), 'int32 1 0');
expect('concat of 0.5 and 1', tf.concat([half, whole]), 'float32 0.5 1');
expect('add of 1 and 0.5', tf.add(whole, half), 'float32 1.5');
expect('where of 1 and 0.5', tf.where(tf.tensor1d([false], 'bool'), whole, half), 'float32 0.5');
JS
node concat.mjs
