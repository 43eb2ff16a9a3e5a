"""CogMath's figures of made verdicts, recomputed apart from our code: test/fixtures/benchmarks/cogmath.json.

    python scripts/benchmarks/cogmath.py test/fixtures/benchmarks/cogmath.json

A problem has a column a pass: verdict on the problem, on its nine inquiries, and whether its own answer was given to the
second and third. Some problems lack an inquiry.
"""

import json
import math
import random
import sys

STAGES = {"comprehension": [1, 2, 3, 4], "solving": [5, 6, 7], "summarisation": [8, 9]}


def make(random_, count, passes):
    problems = []
    for number in range(count):
        skill = random_.random() ** 0.2
        lacking = random_.sample(range(1, 10), random_.choice([0, 0, 0, 1, 2]))
        draws = []
        for _ in range(passes):
            verdict = {d: random_.random() < skill for d in range(10) if d not in lacking}
            original = {d: not verdict[d] and random_.random() < 0.4 for d in (2, 3) if d in verdict}
            draws.append({"verdict": verdict, "original": original})
        problems.append({"id": f"p{number}", "passes": draws})
    return problems


def mean(values):
    return sum(values) / len(values)


def wilson(right, n):
    z = 1.959963984540054
    centre = (right / n + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(right / n * (1 - right / n) / n + z * z / (4 * n * n))
    return [centre - half, centre + half]


def estimate(per_problem):
    shares = [mean(values) for values in per_problem if values]
    if not shares:
        return None
    told = {"accuracy": mean(shares), "n": len(shares)}
    if all(share in (0, 1) for share in shares):
        told["low"], told["high"] = wilson(sum(shares), len(shares))
    return told


def figures(problems):
    draws = [problem["passes"] for problem in problems]
    passed = lambda draw: {d: v for d, v in draw["verdict"].items() if d > 0}
    whole = lambda draw: len(passed(draw)) == 9
    right = lambda passes: [draw for draw in passes if draw["verdict"][0]]
    stage = lambda draw, ds: [mean([draw["verdict"][d] for d in ds if d in draw["verdict"]])] if any(d in draw["verdict"] for d in ds) else []
    of_stage = lambda passes, ds: [value for draw in passes for value in stage(draw, ds)]
    of_dimension = lambda passes, d: [int(draw["verdict"][d]) for draw in passes if d in draw["verdict"]]
    return {
        "accuracy": estimate([[int(draw["verdict"][0]) for draw in passes] for passes in draws]),
        "mastery": estimate([[int(all(passed(draw).values())) for draw in passes if whole(draw)] for passes in draws]),
        "passed": estimate([[mean(list(passed(draw).values())) for draw in passes] for passes in draws]),
        "overestimation": mean([mean([draw["verdict"][0] - int(all(passed(draw).values())) for draw in passes]) for passes in draws if whole(passes[0])]),
        "dimensions": {d: estimate([of_dimension(passes, d) for passes in draws]) for d in range(1, 10)},
        "relative": {d: estimate([of_dimension(right(passes), d) for passes in draws]) for d in range(1, 10)},
        "stages": {name: estimate([of_stage(passes, ds) for passes in draws]) for name, ds in STAGES.items()},
        "relativeStages": {name: estimate([of_stage(right(passes), ds) for passes in draws]) for name, ds in STAGES.items()},
        "original": {d: estimate([[int(draw["original"][d]) for draw in passes if d in draw["original"]] for passes in draws]) for d in (2, 3)},
    }


cases = [make(random.Random(1), 80, 1), make(random.Random(2), 40, 3)]
told = [{"problems": problems, "figures": figures(problems)} for problems in cases]
with open(sys.argv[1], "w") as file:
    json.dump(told, file, separators=(",", ":"))
    file.write("\n")
