#!/usr/bin/env bash
# Guess: a grader for mathematics refuses a word it cannot read, and reads 1e-3 as a thousandth.
# What happens: in LaTeX each letter is a symbol and letters side by side are a product, so words are equal when they are
#   anagrams: "on" is right where the answer is "no", "felt" for "left", "lube" for "blue". The e of 1e-3 is Euler's
#   number: 1e-3 is e - 3 and 1.5e3 is 4.5 e, so 0.001 and 1500 are wrong, and "3e" is right for 1e3. Letters lose their
#   case: b is right for B.
# Versions: math-verify 0.9.0, latex2sympy2_extended 1.11.0, sympy 1.14.0. 2026-11-28.
# Why it matters: data sets of reasoning about images hold yes/no, left/right and colours among their gold answers, and
#   measured values in scientific notation; the reward then pays for anagrams and not for the value.
# What to do: compare words as words before this grader sees them, and write numbers out (\times 10^{-3} is read).
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
    ('no', 'on', True), ('left', 'felt', True), ('blue', 'lube', True), ('yes', 'no', False),
    ('1e-3', '0.001', False), ('1.5e3', '1500', False), ('1e3', '3e', True), (r'1.5\times 10^{3}', '1500', True),
    ('B', 'b', True), ('e', '2.718282', True),
]
for gold, answer, expected in cases:
    read_gold, read_answer = parse(rf'\boxed{{{gold}}}'), parse(rf'\boxed{{{answer}}}')
    seen = verify(read_gold, read_answer)
    print(f'gold {gold}, answer {answer}: {seen} (gold is read as {read_gold[0]})')
    if seen is not expected:
        sys.exit(f'The behaviour changed: gold {gold}, answer {answer} was {expected}.')
PY
