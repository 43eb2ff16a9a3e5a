#!/usr/bin/env bash
# Guess: two dates, two ranges or two scores are equal when they are the same text.
# What happens: the dash is a minus. 2024-02-29 equals 2023-02-28 (both are 1993), and the answer "2022" is right where
#   the gold answer is 2024-01-01; the range 10-12 equals 8-10. 12:30 is a ratio, so 0.4 and 24:60 are right.
#   "100,200" is the number 100200, while "10,20" is a set of two.
# Versions: math-verify 0.9.0, latex2sympy2_extended 1.11.0, sympy 1.14.0. 2026-11-28.
# Why it matters: charts, receipts, clocks and time tables, which multimodal data are full of, have such answers; wrong
#   ones earn the reward, and any range of the same width does.
# What to do: route dates, times and ranges to a comparison of their own; use this grader where the gold is mathematics.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q math-verify==0.9.0 latex2sympy2_extended==1.11.0 sympy==1.14.0
"$dir/venv/bin/python" - <<'PY'
import importlib.metadata, sys
from math_verify import parse, verify

print(*(f'{name} {importlib.metadata.version(name)}' for name in ('math-verify', 'latex2sympy2_extended', 'sympy')))
cases = [
    ('2024-02-29', '2023-02-28', True), ('2024-01-01', '2022', True), ('10-12', '8-10', True), ('12:30', '0.4', True),
    ('12:30', '24:60', True), ('100,200', '100200', True), ('10,20', '1020', False), ('2024-01-01', '2024-01-02', False),
]
for gold, answer, expected in cases:
    read_gold, read_answer = parse(rf'\boxed{{{gold}}}'), parse(rf'\boxed{{{answer}}}')
    seen = verify(read_gold, read_answer)
    print(f'gold {gold}, answer {answer}: {seen} (gold is read as {read_gold[0]})')
    if seen is not expected:
        sys.exit(f'The behaviour changed: gold {gold}, answer {answer} was {expected}.')
PY
