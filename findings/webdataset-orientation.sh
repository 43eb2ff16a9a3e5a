#!/usr/bin/env bash
# Guess: a photo with an EXIF orientation looks the same whichever of the two readers opens the shard.
# What happens: `datasets` turns it upright when it decodes, for JPEG, PNG and WebP alike; `webdataset` decode("pil") and
#   decode("rgb8") do not. From one tar come an 80 x 60 and a 60 x 80 image of the same file.
# Versions: datasets 5.2.0, webdataset 1.0.2, pillow 13.0.0, Python 3.11. 2026-11-28.
# Why it matters: answers and boxes annotated in one reader are wrong in the other, and image-token counts differ, so
#   lengths planned with one do not fit the other. Phone photos nearly all carry an orientation.
# What to do: apply PIL.ImageOps.exif_transpose and drop the tag when shards are written; then both agree (shown last).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q datasets==5.2.0 webdataset==1.0.2 pyarrow==26.0.1 pillow==13.0.0 numpy==2.4.6
export HF_HOME="$dir/hf" HF_HUB_OFFLINE=1
cd "$dir"
venv/bin/python - <<'PY'
import importlib.metadata, io, sys, tarfile
import datasets
import webdataset
from PIL import Image, ImageOps

datasets.disable_progress_bars()
print('datasets', datasets.__version__, 'webdataset', importlib.metadata.version('webdataset'))


def expect(what, seen, expected):
    print(f'{what}: {seen}')
    if seen != expected:
        sys.exit(f'The behaviour changed: {what} was {expected}.')


def sizes(name, data, extension):
    with tarfile.open(f'{name}.tar', 'w') as tar:
        member = tarfile.TarInfo(f'0.{extension}')
        member.size = len(data)
        tar.addfile(member, io.BytesIO(data))
    row = datasets.load_dataset('webdataset', data_files=f'{name}.tar', split='train')[0]
    pil, array = (
        next(iter(webdataset.WebDataset(f'{name}.tar', shardshuffle=False).decode(how)))[extension] for how in ('pil', 'rgb8')
    )
    return {'datasets': row[extension].size, 'pil': pil.size, 'rgb8': array.shape[1::-1]}


turn = Image.Exif()
turn[0x0112] = 6
picture = Image.linear_gradient('L').resize((80, 60)).convert('RGB')
for format, extension in (('JPEG', 'jpg'), ('PNG', 'png'), ('WEBP', 'webp')):
    out = io.BytesIO()
    picture.save(out, format, exif=turn)
    expect(format, sizes(extension, out.getvalue(), extension), {'datasets': (60, 80), 'pil': (80, 60), 'rgb8': (80, 60)})
upright = io.BytesIO()
ImageOps.exif_transpose(Image.open(out)).save(upright, 'PNG')
expect('turned before writing', sizes('upright', upright.getvalue(), 'png'), {'datasets': (60, 80), 'pil': (60, 80), 'rgb8': (60, 80)})
PY
