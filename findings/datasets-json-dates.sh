#!/usr/bin/env bash
# Guess: JSON has no dates, so load_dataset("json") reads the answer "2024-01-01" as text.
# What happens: when every value of the column is such a date, the column becomes timestamp[s], and rows give datetime
#   objects; one other answer among them and all stay text. Written again as JSONL the answer is a number of milliseconds.
#   The type thus hangs on which rows are in the file: splitting a set by answer type changes it.
# Versions: datasets 5.2.0, pyarrow 26.0.1, Python 3.11. 2026-11-28.
# Why it matters: document and chart questions have dates as gold answers; a reward that compares text then never
#   matches, or compares "2024-01-01 00:00:00", without an error.
# What to do: read the lines with Python's json and Dataset.from_list, or write parquet. Declaring Value("string") does
#   not help: it gives "2024-01-01 00:00:00" (both shown last).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q datasets==5.2.0 pyarrow==26.0.1
export HF_HOME="$dir/hf" HF_HUB_OFFLINE=1
cd "$dir"
venv/bin/python - <<'PY'
import json, sys
import datasets

datasets.disable_progress_bars()
print('datasets', datasets.__version__)


def expect(what, seen, expected):
    print(f'{what}: {seen}')
    if seen != expected:
        sys.exit(f'The behaviour changed: {what} was {expected}.')


def load(name, answers, **options):
    with open(name, 'w') as file:
        file.writelines(json.dumps({'answer': answer}) + '\n' for answer in answers)
    return datasets.load_dataset('json', data_files=name, split='train', **options)


dates = load('dates.jsonl', ['2024-01-01', '2025-12-31'])
expect('two dates are', dates.features['answer'].dtype, 'timestamp[s]')
expect('the first as text', str(dates[0]['answer']), '2024-01-01 00:00:00')
dates.to_json('again.jsonl')
expect('written again', json.loads(open('again.jsonl').readline())['answer'], 1704067200000)
expect('a date and a word are', load('mixed.jsonl', ['2024-01-01', 'May']).features['answer'].dtype, 'string')
expect('two times of day are', load('times.jsonl', ['12:30:00', '10:15:00']).features['answer'].dtype, 'string')
typed = load('typed.jsonl', ['2024-01-01', '2025-12-31'], features=datasets.Features({'answer': datasets.Value('string')}))
expect('declared Value("string")', typed[0]['answer'], '2024-01-01 00:00:00')
listed = datasets.Dataset.from_list([json.loads(line) for line in open('dates.jsonl')])
expect('with from_list', listed[0]['answer'], '2024-01-01')
PY
