#!/usr/bin/env bash
# Guess: in a chat template `tool_calls != []` is false for an empty list, and a field that is missing is not none.
# What happens: @huggingface/jinja compares lists and objects by identity, so [] == [] is false and `!= []` true: an
#   assistant turn with no tool calls gets an empty tool block. A missing field == none is true there, false in Jinja2.
#   "1" == 1 is true there, and -7 % 3 is -1, not 2. A content that is null is printed as nothing; Jinja2 prints "None",
#   which is thus what a model was trained on wherever a template prints content unchecked.
# Versions: @huggingface/jinja 0.5.11, Jinja2 3.1.6 with the settings of transformers. 2026-11-28.
# Why it matters: null content beside tool calls is the form that chat APIs give, empty lists the form that parquet and
#   `datasets` give; the two sides of the same pipeline then build different prompts.
# What to do: in templates test truth (`if m.tool_calls`), use `is none` and `is defined`; drop null and empty fields
#   before rendering. Those agree (shown last).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q jinja2==3.1.6
npm install --silent --no-audit --no-fund --prefix "$dir" @huggingface/jinja@0.5.11
cd "$dir"
cat > cases.json <<'JSON'
{
  "m": { "role": "assistant", "content": null, "tool_calls": [] },
  "templates": [
    "{% if m.tool_calls != [] %}<tools></tools>{% endif %}",
    "{% if m.name == none %}no name{% endif %}",
    "{% if '1' == 1 %}equal{% endif %}",
    "{{ -7 % 3 }}",
    "<answer>{{ m.content }}</answer>",
    "{% if m.tool_calls %}<tools></tools>{% endif %}{% if m.content is none %}null{% endif %}{% if m.name is defined %}name{% endif %}"
  ]
}
JSON
cat > render.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { Template } from '@huggingface/jinja';
const { m, templates } = JSON.parse(readFileSync('cases.json', 'utf8'));
console.log(JSON.stringify(templates.map((template) => new Template(template).render({ m }))));
JS
node render.mjs > node.json
venv/bin/python - <<'PY'
import importlib.metadata, json, sys
from jinja2.sandbox import ImmutableSandboxedEnvironment

print('jinja2', importlib.metadata.version('jinja2'), '@huggingface/jinja', json.load(open('node_modules/@huggingface/jinja/package.json'))['version'])
cases = json.load(open('cases.json'))
environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
python = [environment.from_string(template).render(m=cases['m']) for template in cases['templates']]
expected = [
    ('', '<tools></tools>'), ('', 'no name'), ('', 'equal'), ('2', '-1'),
    ('<answer>None</answer>', '<answer></answer>'), ('null', 'null'),
]
for template, seen, wanted in zip(cases['templates'], zip(python, json.load(open('node.json'))), expected):
    print(f'{template}\n  Python {seen[0]!r}\n  npm    {seen[1]!r}')
    if seen != wanted:
        sys.exit(f'The behaviour changed: {template} gave {wanted[0]!r} in Python and {wanted[1]!r} in npm.')
PY
