#!/usr/bin/env bash
# Guess: tf.multinomial draws every row of a batch independently; a seed makes it reproducible.
# What happens: the JavaScript kernel starts its generator anew for each row, from the same seed, given or not. Rows with
#   equal logits get equal draws: a batch of eight rows is one row eight times, and rows with other logits use the same
#   uniform numbers. Only two calls without a seed differ. With `normalized` true, weights that do not sum to 1 are not
#   scaled: 2, 1, 1 always gives 0.
# Versions: @tensorflow/tfjs 4.22.0 (CPU backend), Node 20. 2026-11-28.
# Why it matters: sampling K answers to one prompt as a batch gives K times the same answer: the group has no
#   spread, its advantages are all zero, and GRPO learns nothing.
# What to do: draw one row with numSamples = K (these differ, shown last), or add Gumbel noise from tf.randomUniform with
#   a seed and take the argmax.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$dir" @tensorflow/tfjs@4.22.0
cd "$dir"
cat > draw.mjs <<'JS'
import * as tf from '@tensorflow/tfjs';

await tf.setBackend('cpu');
console.log('@tensorflow/tfjs', tf.version.tfjs);
const expect = (what, seen, expected) => {
  console.log(`${what}: ${seen}`);
  if (seen === expected) return;
  console.error(`The behaviour changed: ${what} was ${expected}.`);
  process.exit(1);
};
const kinds = (rows) => new Set(rows.map((row) => row.join(' '))).size;
const rows = 8;
const sameLogits = tf.zeros([rows, 50]);
const seeded = tf.multinomial(sameLogits, 6, 7).arraySync();
for (const row of seeded.slice(0, 3)) console.log(' ', row.join(' '));
expect('different rows of 8, seed 7', kinds(seeded), 1);
expect('different rows of 8, no seed', kinds(tf.multinomial(sameLogits, 6).arraySync()), 1);
const [flat, tilted] = tf.multinomial(tf.stack([tf.zeros([50]), tf.range(0, 50).mul(1e-6)]), 1000, 7).arraySync();
const equal = flat.filter((value, index) => value === tilted[index]).length;
expect(`over 990 of 1000 draws equal (${equal}) in rows of almost equal logits`, equal > 990, true);
const weights = tf.multinomial(tf.tensor1d([2, 1, 1]), 1000, 7, true).arraySync();
expect('share of 0 among draws of weights 2, 1, 1', weights.filter((value) => value === 0).length / 1000, 1);
const column = tf.multinomial(tf.zeros([50]), rows, 7).arraySync();
expect('different draws of one row of 8 is over 1', new Set(column).size > 1, true);
JS
node draw.mjs
