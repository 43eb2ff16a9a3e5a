"""Scores stored answers by VLMEvalKit's code (ms-vlmeval): CPU seconds and right answers by benchmark, as JSON.

Asked by bench/evaluate.ts. Stand-ins for its language model answer at once, so that only its own work is timed: the scoring
functions one after the other, and as its `evaluate` goes through them, which keeps all results after each (`whole`).
"""

import ast
import csv
import importlib.util
import json
import logging
import pathlib
import pickle
import resource
import sys
import tempfile
import types

import pandas as pd

ROOT = pathlib.Path(__file__).parent.parent
VLMEVAL = pathlib.Path(importlib.util.find_spec("vlmeval").origin).parent


def load_file(name, place):
    spec = importlib.util.spec_from_file_location(name, VLMEVAL / place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def load_scorer(name):
    """One file of the package alone: its neighbours want much that scoring does not."""
    for stub in ("vlmeval", "vlmeval.smp", "vlmeval.smp.file", "vlmeval.smp.log", "vlmeval.utils"):
        sys.modules[stub] = types.ModuleType(stub)
    for module in (sys.modules["vlmeval.smp"], sys.modules["vlmeval.smp.file"], sys.modules["vlmeval.smp.log"]):
        module.load, module.get_logger = pd.DataFrame, logging.getLogger
    sys.modules["vlmeval.utils"].can_infer = load_file("matching_util", "utils/matching_util.py").can_infer
    return load_file(name, f"dataset/utils/{name}.py")


def load_dump():
    """Its way of writing results."""
    tree = ast.parse((VLMEVAL / "smp/file.py").read_text())
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "dump"]
    known = {"pickle": pickle, "pd": pd, "csv": csv}
    exec(compile(ast.Module(found, []), "smp/file.py", "exec"), known)
    return known["dump"]


def one_by_one(work, tasks):
    return [work(*task) for task in tasks]


def as_evaluate_does(work, tasks):
    """Four threads, results kept after each, as `MathVista.evaluate` has it."""
    sys.modules["vlmeval.smp"].dump = load_dump()
    sys.modules["vlmeval.smp"].load = lambda place: pickle.load(open(place, "rb"))
    sys.modules["vlmeval"].__path__ = []
    sys.modules["vlmeval.utils"].__path__ = []
    track = load_file("vlmeval.utils.mp_util", "utils/mp_util.py").track_progress_rich
    with tempfile.TemporaryDirectory() as folder:
        return track(work, tasks, nproc=4, chunksize=4, keys=list(range(len(tasks))), save=f"{folder}/kept.pkl")


class StandIn:
    def __init__(self, reply):
        self.reply = reply

    def generate(self, prompt, temperature=0):
        return self.reply


def mathvista(scorer, lines):
    table = pd.DataFrame([{
        **line, **line["metadata"], "choices": str(line["choices"] or []), "skills": str(line["metadata"]["skills"]),
        "answer_option": "ABCD"[line["choices"].index(line["answer"])] if line["choices"] else None,
    } for line in lines])

    def score(run):
        read = run(scorer.MathVista_auxeval, [(StandIn("4"), table.iloc[at]) for at in range(len(table))])
        scored = scorer.MathVista_acc(table.assign(res=[one["res"] for one in read], log=[one["log"] for one in read]))
        return scored["hit"][0]

    return score


def mathverse(scorer, lines):
    table = pd.DataFrame([{**line, "metadata": str(line["metadata"])} for line in lines])

    def score(run):
        reads = run(scorer.MathVerse_auxeval_extract, [(StandIn("B"), table.iloc[at]) for at in range(len(table))])
        read = table.assign(extract=[one["extract"] for one in reads])
        scored = run(scorer.MathVerse_auxeval_score, [(StandIn("0"), read.iloc[at]) for at in range(len(read))])
        verdicts = [one["score"] for one in scored]
        scorer.MathVerse_acc(read.assign(score=verdicts))
        return sum(verdicts)

    return score


def we_math(scorer, lines):
    def score(_):
        scored = scorer.load_and_process_data([dict(line) for line in lines])
        for steps in (2, 3):
            scorer.evaluate_process_steps_data(scored[scored["key"].str.contains(f"{steps}steps")], steps)
        return scored["joker"].sum()

    return score


def mathvision(scorer, lines):
    table = pd.DataFrame([{**line, "choices": str(line["options"]), "category": line["subject"], "res": line["prediction"],
                           "log": "Succeed"} for line in lines])

    def score(_):
        return sum(bool(scorer.post_check(table.iloc[at])) for at in range(len(table)))

    return score


SCORERS = {"mathvista": ("mathvista", mathvista), "mathverse": ("mathverse", mathverse), "we-math": ("wemath", we_math),
           "mathvision": ("mathv", mathvision)}
ID = {"mathvista": "pid", "mathverse": "sample_index", "mathvision": "id"}


def cpu_seconds():
    """Of this process and of those that it waited for."""
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


def measure(name, count):
    published = json.loads((ROOT / f"test/fixtures/benchmarks/{name}.json").read_text())
    rows = {f"{row['ID']}-{row['key']}" if name == "we-math" else row[ID[name]]: row for row in published["rows"]}
    answers = published["answers"]
    taken = [answers[at % len(answers)] for at in range(count)]
    lines = [{**rows[answer["id"]], "prediction": answer["response"], "index": at} for at, answer in enumerate(taken)]
    file, prepare = SCORERS[name]
    score = prepare(load_scorer(file), lines)
    started = cpu_seconds()
    right = score(one_by_one)
    seconds = cpu_seconds() - started
    if name not in ("mathvista", "mathverse"):
        return {"seconds": seconds, "right": int(right)}
    started = cpu_seconds()
    score(as_evaluate_does)
    return {"seconds": seconds, "right": int(right), "whole": cpu_seconds() - started}


if __name__ == "__main__":
    name, count = sys.argv[1:]
    print(json.dumps(measure(name, int(count))))
