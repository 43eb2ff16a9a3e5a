#!/usr/bin/env bash
# Guess: Dataset.map leaves a column alone that the function only reads.
# What happens: a function that as much as looks at a JPEG of an Image column (its width, say) makes `map` encode it
#   again, at Pillow's default quality of 75, though it returns another column only. Four such maps change pixels by
#   dozens of levels. `filter` on the same function keeps the bytes. PNG changes its bytes, never its pixels.
# Versions: datasets 5.2.0, pillow 13.0.0, pyarrow 26.0.1, Python 3.11. 2026-11-28.
# Why it matters: counting image tokens, measuring sizes or formatting prompts is a chain of maps, and each one blurs the
#   fine print that a vision-language model has to read. Content hashes no longer match the files they were made from.
# What to do: cast_column(Image(decode=False)) before such maps and open the bytes yourself (shown last), or name the
#   other columns in input_columns.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q datasets==5.2.0 pyarrow==26.0.1 pillow==13.0.0 numpy==2.4.6
export HF_HOME="$dir/hf" HF_HUB_OFFLINE=1
cd "$dir"
venv/bin/python - <<'PY'
import io, sys
import datasets
import numpy as np
import PIL
from PIL import Image

datasets.disable_progress_bars()
print('datasets', datasets.__version__, 'pillow', PIL.__version__)
undecoded = datasets.Image(decode=False)


def expect(what, seen, expected):
    print(f'{what}: {seen}')
    if seen != expected:
        sys.exit(f'The behaviour changed: {what} was {expected}.')


def stored(data):
    return data.cast_column('image', undecoded)[0]['image']['bytes']


def difference(data, other):
    return int(np.abs(np.asarray(data[0]['image'], int) - np.asarray(other[0]['image'], int)).max())


def encode(format, **options):
    blocks = np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8).repeat(8, 0).repeat(8, 1)
    out = io.BytesIO()
    Image.fromarray(blocks).save(out, format, **options)
    return datasets.Dataset.from_list(
        [{'image': {'bytes': out.getvalue(), 'path': None}}], features=datasets.Features({'image': datasets.Image()})
    )


def encode_again(image):
    out = io.BytesIO()
    image.save(out, 'JPEG', quality=75)
    return out.getvalue()


def look(row):
    return {'width': row['image'].width}


jpeg = encode('JPEG', quality=95)
png = encode('PNG', compress_level=1)
mapped = jpeg.map(look)
print(f'JPEG: {len(stored(jpeg))} bytes, after one map {len(stored(mapped))}')
expect('JPEG bytes kept by a map that only looks', stored(mapped) == stored(jpeg), False)
expect('JPEG bytes kept by filter', stored(jpeg.filter(lambda row: row['image'].width > 1)) == stored(jpeg), True)
expect('the new bytes are those of quality 75', stored(mapped) == encode_again(jpeg[0]['image']), True)
for step in range(3):
    mapped = mapped.map(lambda row: {f'width{step}': row['image'].width})
print('largest difference of a pixel after four maps:', difference(mapped, jpeg))
if difference(mapped, jpeg) < 20:
    sys.exit('The behaviour changed: four maps no longer change the pixels visibly.')
mapped = png.map(look)
expect('PNG pixels changed by a map', difference(mapped, png), 0)
safe = jpeg.cast_column('image', undecoded).map(lambda row: {'width': Image.open(io.BytesIO(row['image']['bytes'])).width})
expect('JPEG bytes kept with decode=False', stored(safe) == stored(jpeg), True)
PY
