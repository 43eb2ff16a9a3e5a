#!/usr/bin/env bash
# Guess: two models that agree on every prompt are not significantly different, by any form of McNemar's test.
# What happens: statsmodels mcnemar with exact=False gives p = 0: its continuity correction makes the statistic 1 / 0.
#   Without the correction p is nan; only exact=True, the default, gives 1. Where three prompts are lost and three won,
#   the corrected form gives 0.68, not 1: it moves a difference of 0 away from 0.
# Versions: statsmodels 0.15.0, scipy 1.17.1, Python 3.11. 2026-11-28.
# Why it matters: a checkpoint evaluated against itself, a run that changed nothing, a subset on which both are perfect:
#   a report sorted by p lists all of these first.
# What to do: use exact=True whatever the size. scipy.stats.binomtest agrees with it, but refuses 0 discordant pairs.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q statsmodels==0.15.0 scipy==1.17.1
"$dir/venv/bin/python" - <<'PY'
import sys, warnings
import scipy
import statsmodels
from statsmodels.stats.contingency_tables import mcnemar

warnings.simplefilter('ignore')
print('statsmodels', statsmodels.__version__, 'scipy', scipy.__version__)
forms = {'exact': {}, 'corrected': {'exact': False}, 'uncorrected': {'exact': False, 'correction': False}}
cases = [
    ('600 prompts, the same on each', [[400, 0], [0, 200]], '1.000', '0.000', 'nan'),
    ('three lost, three won', [[400, 3], [3, 194]], '1.000', '0.683', '1.000'),
    ('one lost, nine won', [[400, 1], [9, 190]], '0.021', '0.027', '0.011'),
]
for what, table, *expected in cases:
    results = {name: mcnemar(table, **options) for name, options in forms.items()}
    for name, result in results.items():
        print(f'{what}, {name}: statistic {result.statistic:.3f}, p {result.pvalue:.3f}')
    if [f'{result.pvalue:.3f}' for result in results.values()] != expected:
        sys.exit(f'The behaviour changed: {what} gave p {expected}.')
PY
