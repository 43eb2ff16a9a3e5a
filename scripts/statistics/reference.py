"""Reference values of test/unit/base/statistics from scipy 1.17.1 and statsmodels 0.15.0.

    pip install scipy==1.17.1 statsmodels==0.15.0
    python scripts/statistics/reference.py > test/fixtures/statistics/reference.json
"""

import itertools
import json

import numpy as np
from scipy import special, stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

rng = np.random.default_rng(17)


def bootstrap_case(values, resamples):
    seed = int(rng.integers(1 << 30))
    result = stats.bootstrap(
        (values,), np.mean, n_resamples=resamples, method="percentile", rng=np.random.default_rng(seed)
    )
    # scipy draws its indices in one go from the generator it is given.
    draws = np.random.default_rng(seed).integers(0, len(values), (resamples, len(values)))
    means = np.asarray(values)[draws].mean(axis=1)
    assert np.isclose(np.quantile(means, 0.025), result.confidence_interval.low)
    low, high = result.confidence_interval
    return {"values": list(values), "draws": draws.ravel().tolist(), "low": float(low), "high": float(high)}


def sign_flip_case(differences):
    result = stats.permutation_test(
        (np.asarray(differences, dtype=float), np.zeros(len(differences))),
        lambda a, b, axis: (a - b).sum(axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=np.inf,
    )
    return {"differences": differences, "p": float(result.pvalue)}


def pass_at_k(n, c, k):
    return 1 - float(special.comb(n - c, k, exact=True)) / float(special.comb(n, k, exact=True))


ps = [[0.01, 0.04, 0.03, 0.005], [0.5, 0.6], [0.2], [0.001, 0.001, 0.9, 0.02, 0.02, 0.4]]
print(
    json.dumps(
        {
            "wilson": [
                [k, n, *map(float, proportion_confint(k, n, method="wilson"))] for k, n in [(8, 10), (1, 29), (7, 7)]
            ],
            "mcnemar": [
                [b, c, float(mcnemar([[0, b], [c, 0]], exact=True).pvalue)] for b, c in [(10, 2), (121, 59), (3, 3)]
            ],
            "holm": [{"p": p, "adjusted": multipletests(p, method="holm")[1].tolist()} for p in ps],
            "bootstrap": [
                bootstrap_case([0, 1, 1, 0, 1, 1, 1, 0, 1], 99),
                bootstrap_case([0.25, 0.5, 1, 0, 0.75, 0.125], 200),
            ],
            "signFlip": [
                sign_flip_case(d)
                for d in ([1, -1, 1, 1, 1], [0.25, 0.5, -0.125, 1, 0.5, 0.25, -0.5], [1] * 10, [-0.5, 0.5])
            ],
            "passAtK": [
                [n, c, k, pass_at_k(n, c, k)]
                for n, c, k in itertools.chain([(8, 0, 1), (8, 3, 1), (8, 3, 4), (8, 8, 8), (16, 1, 8), (200, 7, 100)])
            ],
        }
    )
)
