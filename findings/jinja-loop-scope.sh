#!/usr/bin/env bash
# Guess: @huggingface/jinja renders a chat template as transformers' Jinja does; it is made for that.
# What happens: in Jinja a `set` inside a for loop lasts until the end of that turn of the loop. In the npm package it
#   lasts for all later turns. A template that sets `thinking` only when a message has it, and asks `is defined`, gives
#   the thoughts of the first answer to every later one. A running total that Jinja forgets is kept.
# Versions: @huggingface/jinja 0.5.11, Jinja2 3.1.6 with the settings of transformers. 2026-11-28.
# Why it matters: the prompt served from Node is not the one that was trained on, only in conversations of several turns,
#   and without an error.
# What to do: in templates set the name at the top of the loop in every turn (both then agree, shown last), and compare
#   rendered conversations of three turns, not of one.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q jinja2==3.1.6
npm install --silent --no-audit --no-fund --prefix "$dir" @huggingface/jinja@0.5.11
cd "$dir"
cat > cases.json <<'JSON'
{
  "messages": [
    { "role": "assistant", "content": "A", "thinking": "first thought" },
    { "role": "user", "content": "B" },
    { "role": "assistant", "content": "C" }
  ],
  "templates": [
    "{% for m in messages %}{% if m.thinking %}{% set thinking = m.thinking %}{% endif %}[{{ m.role }}{% if thinking is defined %} <think>{{ thinking }}</think>{% endif %} {{ m.content }}]{% endfor %}",
    "{% set n = 0 %}{% for m in messages %}{% set n = n + 1 %}{{ n }}{% endfor %}{{ n }}",
    "{% for m in messages %}{% set thinking = m.thinking or '' %}[{{ m.role }}{% if thinking %} <think>{{ thinking }}</think>{% endif %} {{ m.content }}]{% endfor %}"
  ]
}
JSON
cat > render.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { Template } from '@huggingface/jinja';
const { messages, templates } = JSON.parse(readFileSync('cases.json', 'utf8'));
console.log(JSON.stringify(templates.map((template) => new Template(template).render({ messages }))));
JS
node render.mjs > node.json
venv/bin/python - <<'PY'
import importlib.metadata, json, sys
from jinja2.sandbox import ImmutableSandboxedEnvironment

print('jinja2', importlib.metadata.version('jinja2'), '@huggingface/jinja', json.load(open('node_modules/@huggingface/jinja/package.json'))['version'])
cases = json.load(open('cases.json'))
environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
python = [environment.from_string(template).render(messages=cases['messages']) for template in cases['templates']]
node = json.load(open('node.json'))
expected = [
    ('a name set in an if', '[assistant <think>first thought</think> A][user B][assistant C]',
     '[assistant <think>first thought</think> A][user <think>first thought</think> B][assistant <think>first thought</think> C]'),
    ('a counter', '1110', '1230'),
    ('a name set in every turn', '[assistant <think>first thought</think> A][user B][assistant C]',
     '[assistant <think>first thought</think> A][user B][assistant C]'),
]
for (what, of_python, of_node), seen_python, seen_node in zip(expected, python, node):
    print(f'{what}\n  Python {seen_python}\n  npm    {seen_node}')
    if (seen_python, seen_node) != (of_python, of_node):
        sys.exit(f'The behaviour changed: {what} gave {of_python} in Python, {of_node} in npm.')
PY
