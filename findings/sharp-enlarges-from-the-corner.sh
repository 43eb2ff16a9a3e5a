#!/usr/bin/env bash
# Guess: sharp and Pillow put the centres of pixels at the same places, so their enlargements differ by a level or two,
#   and sharp's kernels (cubic, mitchell, lanczos3) differ from each other.
# What happens: sharp reduces like Pillow (within about 3 levels), but enlarges from the corner: pixel 0 falls on pixel 0, so
#   the picture moves by up to half a pixel of the input, and edges differ by over 50 levels. The last columns repeat. All
#   kernels other than nearest and linear give the same bytes when enlarging.
# Versions: sharp 0.35.5 (its own libvips), pillow 13.0.0, Node 20. 2026-11-28.
# Why it matters: Qwen-style processors enlarge small images to a minimum of pixels; a Node server that lets sharp do it
#   gives the vision tower other patches than it was trained on, and boxes and points shift.
# What to do: resize raw pixels with code of your own that follows Pillow, or reduce with sharp and never enlarge.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q pillow==13.0.0 numpy==2.4.6
npm install --silent --no-audit --no-fund --prefix "$dir" sharp@0.35.5
cd "$dir"
cat > resize.mjs <<'JS'
import sharp from 'sharp';
const step = [0, 0, 0, 0, 100, 200, 200, 200];
const input = Buffer.from(Array(4).fill(step).flat());
const row = async (width, kernel) => {
  const image = sharp(input, { raw: { width: 8, height: 4, channels: 1 } }).resize(width, 4, { kernel, fit: 'fill' });
  return [...(await image.toColourspace('b-w').raw().toBuffer())].slice(0, width);
};
const rows = { version: sharp.versions.sharp, half: await row(4, 'cubic') };
for (const kernel of ['cubic', 'mitchell', 'lanczos3', 'linear']) rows[kernel] = await row(16, kernel);
console.log(JSON.stringify(rows));
JS
node resize.mjs > sharp.json
venv/bin/python - <<'PY'
import json, sys
import numpy as np
import PIL
from PIL import Image

sharp = json.load(open('sharp.json'))
print('sharp', sharp['version'], 'pillow', PIL.__version__)
image = Image.fromarray(np.tile(np.array([0, 0, 0, 0, 100, 200, 200, 200], np.uint8), (4, 1)))


def expect(what, seen, expected):
    print(f'{what}: {seen}')
    if seen != expected:
        sys.exit(f'The behaviour changed: {what} was {expected}.')


def pillow(width, method):
    return np.asarray(image.resize((width, 4), method))[0].tolist()


cubic = pillow(16, Image.Resampling.BICUBIC)
print('8 to 16, cubic  Pillow', *cubic, '\n                sharp ', *sharp['cubic'])
expect('largest difference, linear', max(abs(a - b) for a, b in zip(pillow(16, Image.Resampling.BILINEAR), sharp['linear'])), 25)
expect('sharp, cubic', sharp['cubic'], [0, 0, 0, 0, 0, 0, 0, 0, 44, 100, 156, 200, 206, 200, 200, 200])
expect('Pillow, cubic', cubic, [0, 0, 0, 0, 0, 0, 0, 18, 73, 127, 182, 207, 202, 200, 200, 200])
expect('mitchell and lanczos3 equal cubic', sharp['mitchell'] == sharp['cubic'] == sharp['lanczos3'], True)
halves = zip(pillow(4, Image.Resampling.BICUBIC), sharp['half'])
expect('8 to 4, cubic: within 3 levels', all(abs(a - b) <= 3 for a, b in halves), True)
PY
