#!/usr/bin/env bash
# Guess: tf.tidy(() => x.dataSync()) costs what dataSync does: a Float32Array holds no tensors to keep.
# What happens: tidy looks for tensors in what its function returns, takes a typed array for a container, and visits each
#   number of it. A million numbers take seconds; read outside of tidy they take a tenth of a millisecond.
# Versions: @tensorflow/tfjs 4.22.0 (CPU backend), Node 20. 2026-11-29.
# Why it matters: reading the values at the end of a tidy is the natural way to write it, and is right for a loss. With
#   logits or weights the function seems to compute slowly; a profile names walkTensorContainer.
# What to do: return the tensor from tidy, read it outside, dispose of it.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$dir" @tensorflow/tfjs@4.22.0
cd "$dir"
cat > tidy.mjs <<'JS'
import * as tf from '@tensorflow/tfjs';

await tf.setBackend('cpu');
console.log('@tensorflow/tfjs', tf.version.tfjs);
const x = tf.range(0, 1_000_000);
const secondsOf = (read) => {
  const { user, system } = process.cpuUsage();
  read();
  const used = process.cpuUsage({ user, system });
  return (used.user + used.system) / 1e6;
};
const within = secondsOf(() => tf.tidy(() => x.dataSync()));
const outside = secondsOf(() => x.dataSync());
console.log(`a million numbers, processor seconds: ${within.toFixed(3)} within tidy, ${outside.toFixed(6)} outside`);
if (within > 20 * outside && within > 0.05) process.exit(0);
console.error('The behaviour changed: tidy visited each number of a typed array.');
process.exit(1);
JS
node tidy.mjs
