#!/usr/bin/env bash
# Guess: a JSON string that load_dataset("json") reads comes back as that string.
# What happens: where a column mixes kinds, `datasets` 5 gives it the feature Json, and a string of such a column is
#   parsed again as JSON when a row is read: "8" is the integer 8, "007" is 7, "true" is True, "null" is None, "[1,2]" a
#   list; "1/2" stays text. Ordinary chat data mix kinds: a user turn with a list of parts (text and image) beside an
#   assistant turn that is a string. So the assistant's answer "7" becomes the integer 7, also in what to_json writes.
# Versions: datasets 5.2.0, pyarrow 26.0.1, Python 3.11. 2026-11-28.
# Why it matters: short answers are what reasoning data end in. Chat templates ask `content is string`; an integer, a
#   boolean or None takes the other branch, and a gold answer "007" or "null" is no longer the one that was written.
# What to do: write one kind per column: every answer a string, every content a list of parts (shown last). Declaring the
#   column as Value("string") does not help: it reads "1/2" with its quotes and an escaped slash.
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
    print(f'{what}: {seen!r}')
    if repr(seen) != repr(expected):
        sys.exit(f'The behaviour changed: {what} was {expected!r}.')


def load(name, rows, **options):
    with open(name, 'w') as file:
        file.writelines(json.dumps(row) + '\n' for row in rows)
    return datasets.load_dataset('json', data_files=name, split='train', **options)


answers = [7, '8', '007', 'true', 'null', '[1,2]', '3.0', '1/2']
rows = [{'answer': answer} for answer in answers]
print('written:', answers)
mixed = load('mixed.jsonl', rows)
expect('feature', str(mixed.features['answer']), 'Json(decode=True)')
expect('read', list(mixed['answer']), [7, 8, 7, True, None, [1, 2], 3.0, '1/2'])

strings = load('strings.jsonl', rows[1:])
expect('read, strings alone', list(strings['answer']), answers[1:])

chat = [
    {'messages': [{'role': 'user', 'content': [{'type': 'text', 'text': 'Three and four?'}]}, {'role': 'assistant', 'content': answer}]}
    for answer in ('7', 'null', 'seven')
]
read = load('chat.jsonl', chat)
expect("assistant's content", [row['messages'][1]['content'] for row in read], [7, None, 'seven'])
read.to_json('again.jsonl')
expect('in the JSON written again', [json.loads(line)['messages'][1]['content'] for line in open('again.jsonl')], [7, None, 'seven'])

typed = load('typed.jsonl', rows, features=datasets.Features({'answer': datasets.Value('string')}))
expect('last answer, declared Value("string")', typed[-1]['answer'], '"1\\/2"')

parts = [
    {'messages': [{'role': turn['role'], 'content': turn['content'] if isinstance(turn['content'], list) else [{'type': 'text', 'text': turn['content']}]} for turn in row['messages']]}
    for row in chat
]
kept = load('parts.jsonl', parts)
expect("assistant's text, as lists of parts", [row['messages'][1]['content'][0]['text'] for row in kept], ['7', 'null', 'seven'])
PY
