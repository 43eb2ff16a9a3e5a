#!/usr/bin/env bash
# Guess: content.rstrip('\n') and lstrip('\n') of a chat template take newlines, and nothing else, in both Jinjas.
# What happens: @huggingface/jinja ignores the argument and takes all white space. Published reasoning templates split an
#   answer at </think> and lstrip('\n') what follows: an answer that starts with indented code or a table loses its
#   indentation in Node and keeps it in Python. strip('x') takes no x in Node. `split` with a limit is right in both.
# Versions: @huggingface/jinja 0.5.11, Jinja2 3.1.6 with the settings of transformers. 2026-11-28.
# Why it matters: token ids of replayed turns differ from those that were sampled, so logprobs, prefix caches and
#   losses are those of another text.
# What to do: write templates without arguments to strip, or render with transformers; test with an answer that starts
#   and ends in spaces.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q jinja2==3.1.6
npm install --silent --no-audit --no-fund --prefix "$dir" @huggingface/jinja@0.5.11
cd "$dir"
cat > cases.json <<'JSON'
{
  "content": "<think>\nEasy.\n</think>\n\n    return 7  \n",
  "templates": [
    "{{ content.split('</think>')[1].lstrip('\\n').rstrip('\\n') }}",
    "{{ 'xx7xx'.strip('x') }}",
    "{{ '7 cm'.rstrip('cm') }}|",
    "{{ 'a-b-c'.split('-', 1) | join('+') }}"
  ]
}
JSON
cat > render.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { Template } from '@huggingface/jinja';
const { content, templates } = JSON.parse(readFileSync('cases.json', 'utf8'));
console.log(JSON.stringify(templates.map((template) => new Template(template).render({ content }))));
JS
node render.mjs > node.json
venv/bin/python - <<'PY'
import importlib.metadata, json, sys
from jinja2.sandbox import ImmutableSandboxedEnvironment

print('jinja2', importlib.metadata.version('jinja2'), '@huggingface/jinja', json.load(open('node_modules/@huggingface/jinja/package.json'))['version'])
cases = json.load(open('cases.json'))
environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
python = [environment.from_string(template).render(content=cases['content']) for template in cases['templates']]
expected = [('    return 7  ', 'return 7'), ('7', 'xx7xx'), ('7 |', '7 cm|'), ('a+b-c', 'a+b-c')]
for template, seen, wanted in zip(cases['templates'], zip(python, json.load(open('node.json'))), expected):
    print(f'{template}\n  Python {seen[0]!r}\n  npm    {seen[1]!r}')
    if seen != wanted:
        sys.exit(f'The behaviour changed: {template} gave {wanted[0]!r} in Python and {wanted[1]!r} in npm.')
PY
