#!/usr/bin/env bash
# Guess: `datasets` and `webdataset` read the same samples from the same WebDataset tar.
# What happens: `datasets` fixes fields and types from the first five samples. A reward 0.5 after five rewards of 1 or 0
#   is read as 0, silently; a number after five strings is a string; a JSON key or a file extension that is new later is
#   left out, silently; "1/2" after five integers, or a string after five nulls, stops the load. `webdataset` gives
#   every sample as it was written.
# Versions: datasets 5.2.0, webdataset 1.0.2, pyarrow 26.0.1, Python 3.11. 2026-11-28.
# Why it matters: shards are written in the order of prompts, so the first five often are of one kind; partial credit
#   then becomes no credit, and later fields (a second image, an expert's trace) vanish from training.
# What to do: write rewards as floats always (1.0), the same keys in every sample, and put a sample with every field
#   first; or read with `webdataset`.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q datasets==5.2.0 webdataset==1.0.2 pyarrow==26.0.1
export HF_HOME="$dir/hf" HF_HUB_OFFLINE=1
cd "$dir"
venv/bin/python - <<'PY'
import importlib.metadata, io, json, sys, tarfile
import datasets
import webdataset

datasets.disable_progress_bars()
print('datasets', datasets.__version__, 'webdataset', importlib.metadata.version('webdataset'))


def expect(what, seen, expected):
    print(f'{what}: {seen!r}')
    if repr(seen) != repr(expected):
        sys.exit(f'The behaviour changed: {what} was {expected!r}.')


def write(name, samples):
    with tarfile.open(name, 'w') as tar:
        for index, sample in enumerate(samples):
            for extension, value in sample.items():
                data = json.dumps(value).encode() if extension == 'json' else value.encode()
                member = tarfile.TarInfo(f'{index:03}.{extension}')
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))


def last_of_both(name, first, last):
    write(f'{name}.tar', [first] * 5 + [last])
    plain = list(webdataset.WebDataset(f'{name}.tar', shardshuffle=False).decode())[-1]
    kept = {key: value for key, value in plain.items() if not key.startswith('__')}
    expect(f'{name}, webdataset', kept, last)
    try:
        row = datasets.load_dataset('webdataset', data_files=f'{name}.tar', split='train')[5]
    except datasets.exceptions.DatasetGenerationError as error:
        return str(error.__cause__)
    return {key: value for key, value in row.items() if not key.startswith('__')}


def one(value):
    return {'json': {'reward': value}}


expect('half, datasets', last_of_both('half', one(1), one(0.5)), one(0))
expect('number, datasets', last_of_both('number', one('a'), one(12)), one('12'))
expect('key, datasets', last_of_both('key', one(1), {'json': {'reward': 1, 'source': 'expert'}}), one(1))
expect('file, datasets', last_of_both('file', one(1), {**one(1), 'txt': 'trace'}), one(1))
expect('fraction, datasets', last_of_both('fraction', one(1), one('1/2')), "invalid literal for int() with base 10: '1/2'")
expect('null, datasets', last_of_both('null', one(None), one('x')), "Couldn't cast array of type string to null")
PY
