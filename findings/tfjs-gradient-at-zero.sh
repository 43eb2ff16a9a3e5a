#!/usr/bin/env bash
# Guess: the gradient of |x| at 0 is 0, as in PyTorch and TensorFlow, and the gradient of max shares 1 among the equal
#   largest values, or gives it to one.
# What happens: in TensorFlow.js |x| has gradient -1 at 0, so absoluteDifference pushes a prediction that is exactly
#   right away from its target; and max gives each of n equal largest values the whole gradient, n in sum. minimum and
#   maximum of two equal tensors give all of it to the first.
# Versions: @tensorflow/tfjs 4.22.0 (gradients are those of tfjs-core, whatever the backend), Node 20. 2026-11-28.
# Why it matters: padding compared with padding is 0 - 0, so an L1 or KL penalty over padded batches has a gradient that
#   depends on the padding; ties are the rule with ReLU outputs, clipped ratios of an on-policy step and repeated tokens.
# What to do: use x * sign(x) for |x| (gradient 0 at 0, shown last), mask before it, and divide the gradient of max by the
#   number of ties where it matters.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$dir" @tensorflow/tfjs@4.22.0
cd "$dir"
cat > gradients.mjs <<'JS'
import * as tf from '@tensorflow/tfjs';

await tf.setBackend('cpu');
console.log('@tensorflow/tfjs', tf.version.tfjs);
const expect = (what, tensor, expected) => {
  const seen = [...tensor.dataSync()].map((value) => value + 0).join(' ');
  console.log(`${what}: ${seen}`);
  if (seen === expected) return;
  console.error(`The behaviour changed: ${what} was ${expected}.`);
  process.exit(1);
};
expect('gradient of |x| at -1, 0, 1', tf.grad((x) => tf.abs(x).sum())(tf.tensor1d([-1, 0, 1])), '-1 -1 1');
expect('gradient of max at 1, 3, 3, 3', tf.grad((x) => tf.max(x))(tf.tensor1d([1, 3, 3, 3])), '0 1 1 1');
const [first, second] = tf.grads((a, b) => tf.minimum(a, b).sum())([tf.tensor1d([2]), tf.tensor1d([2])]);
expect('gradient of minimum(2, 2)', tf.concat([first, second]), '1 0');

const target = tf.tensor1d([0.5, 0.25]);
const prediction = tf.variable(tf.tensor1d([0.5, 0.25]));
tf.train.sgd(0.125).minimize(() => tf.losses.absoluteDifference(target, prediction));
expect('a perfect prediction of 0.5 and 0.25 after a step of L1 loss', prediction, '0.4375 0.1875');
expect('gradient of x * sign(x) at -1, 0, 1', tf.grad((x) => tf.mul(x, tf.sign(x)).sum())(tf.tensor1d([-1, 0, 1])), '-1 0 1');
JS
node gradients.mjs
