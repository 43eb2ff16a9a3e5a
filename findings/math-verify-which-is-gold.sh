#!/usr/bin/env bash
# Guess: whether two answers are equal does not hang on which of them is the gold one, nor on how a pair is written.
# What happens: x > 3 and (3, \infty) are equal when the inequality is gold, unequal when the interval is; x^2 = 5 is
#   right for 5, 5 is not for x^2 = 5. A pair in round brackets is an open interval when the smaller number is first, else
#   an ordered pair, and an interval equals a set: gold (1,2) accepts \{1,2\} but not \{2,1\}, the same set; gold 2,1
#   accepts (1,2); (1,2) and (2,1) differ. 1/3 accepts 0.333333, 1 refuses 1.0000001.
# Versions: math-verify 0.9.0, latex2sympy2_extended 1.11.0, sympy 1.14.0. 2026-11-28.
# Why it matters: verify(gold, answer) called as verify(answer, gold) is a quiet loss of right answers; coordinates, which
#   geometry data ask for, are read as intervals, and accepted or refused by how the other side is written.
# What to do: pass gold first, normalise solution sets to intervals on both sides, and compare coordinates yourself.
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
    ('x>3', r'(3,\infty)', True), (r'(3,\infty)', 'x>3', False), ('5', 'x^2=5', True), ('x^2=5', '5', False),
    ('(1,2)', r'\{1,2\}', True), ('(1,2)', r'\{2,1\}', False), ('2,1', '(1,2)', True), ('(1,2)', '(2,1)', False),
    ('1/3', '0.333333', True), ('1', '1.0000001', False),
]
for gold, answer, expected in cases:
    read_gold, read_answer = parse(rf'\boxed{{{gold}}}'), parse(rf'\boxed{{{answer}}}')
    seen = verify(read_gold, read_answer)
    print(f'gold {gold}, answer {answer}: {seen} (gold is of type {type(read_gold[0]).__name__})')
    if seen is not expected:
        sys.exit(f'The behaviour changed: gold {gold}, answer {answer} was {expected}.')
PY
