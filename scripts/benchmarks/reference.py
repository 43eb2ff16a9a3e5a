"""Made rows and answers of benchmarks, with the verdicts of the benchmarks' own rules (test/fixtures/benchmarks).

    pip install latex2sympy2==1.9.1 pandas==3.1.1
    pip install --no-deps ms-vlmeval==0.0.20
    python scripts/benchmarks/reference.py test/fixtures/benchmarks [name ...]

MathVision is recomputed here on the formulas of latex2sympy2, which its own code reads them by. We-Math is scored by the
package's `wemath.py`, MMStar, DynaMath and LogicVista (what follows
the language model's reading) recomputed here by pandas.
"""

import importlib.util
import json
import math
import pathlib
import random
import re
import sys
import types

import pandas as pd


def ask(rows, answers):
    """Every answer beside the row that it answers."""
    return {"rows": rows, "answers": answers}


# --- MathVision ----------------------------------------------------------------------------------------------------

GOLDS = ["7", "12.5", "0.33", "24", "(3,-4)", "1/2", "\\frac{3}{4}", "61", "1000", "3\\pi", "-2", "[1,2]"]
OPTIONS = ["$\\sqrt{2}$", "$60^{\\circ}$", "1: 2", "$3 \\mathrm{~cm}$", "12"]
WRITTEN = [
    "\\boxed{%s}", "So it is $\\boxed{%s}$.", "First \\boxed{5}, no: \\boxed{%s}.", "The answer is %s.", "%s",
    "the final answer is: %s. Because it is.", "\\boxed{x = %s}", "\\boxed{\\text{%s}}", "\\boxed{%s^\\circ}",
    "The count is %s", "\\boxed{%s \\text{ cm}}", "\\boxed{\\left %s \\right}", "I think\n\n\\boxed{\\$%s}\nDone.",
    "**%s**", "Answer: %s", "\\boxed{%s", "the correct answer is (%s)", "\\boxed{\\approx %s}", "(%s)\nAs seen.",
    "It must be %s.", "It must be (%s).", "\\boxed{%s units}", "\\boxed{%s}. The answer is: {%s}",
]
SAID = ["7", "7.0", "12.50", "0.333", "1/3", "\\frac{1}{3}", "24", "(3, -4)", "(3,-4.001)", "0.5", "\\dfrac{3}{4}",
        ".75", "1,000", "3\\pi", "9.42", "-2", "[1, 2]", "A", "B", "E", "\\sqrt{2}", "60", "2:4", "12", "no idea", "0.125"]


def evaluate_formula(text):
    from latex2sympy2 import latex2sympy

    known = {name: getattr(math, name) for name in dir(math) if not name.startswith("_")}
    return round(eval(str(latex2sympy(text)), {"__builtins__": {"round": round}}, known), 2)


def value_of(text):
    try:
        return evaluate_formula(text)
    except Exception:
        return None


def as_tuple(text):
    parts = text[1:-1].split(",")
    if len(parts) < 2 or text[0] + text[-1] not in ("()", "[]"):
        return text
    values = [part if part in ("a", "-a") or "infty" in part else value_of(part) for part in parts]
    return text if None in values else f"{text[0]}{','.join(map(str, values))}{text[-1]}"


def same(left, right):
    left, right = left.lower(), right.lower()
    if not left.strip(" ") or not right.strip(" "):
        return False
    if left.strip() == right.strip() or as_tuple(left) == as_tuple(right):
        return True
    a, b = value_of(as_tuple(left)), value_of(as_tuple(right))
    return a is not None and a == b


def is_float(text):
    try:
        float(text)
        return True
    except ValueError:
        return False


def short_answer(response):
    text = response.strip()
    for letter in "ABCDE":
        ends, starts = (f" {letter}.", f" ({letter})."), (f"{letter}\n", f"({letter})\n", f"({letter}) {letter}\n")
        if text.endswith(ends) or text.startswith(starts):
            text = letter
    said = text.rpartition("is ")[2].rstrip(".")
    if is_float(said):
        text = said
    if "oxed{" in text:
        return "oxed{" + text.rpartition("oxed{")[2]
    for mark in ("the final answer is", "the answer is", "the correct answer is", "the answer should be"):
        for form in (mark, mark.replace("the", "The")):
            found = form in text
            text = text.rpartition(form)[2].strip()
            text = re.split(r"\n|\. ", text)[0] if found else text
    return text


def mathvision_answer(response):
    text = short_answer(response).lower().replace("{}", "")
    boxed = re.search(r"oxed\{(.*)\}", text, re.S)
    text = boxed[1] if boxed else text
    text = re.match(r"[^{}]*(?=\})|.*", text, re.S)[0]
    text = text.rpartition("=")[2].rpartition("\\approx")[2].replace(" ", "").replace("\\\\", "\\").replace("\n", "")
    for drop in (r"\\,", r"\\text", r"\\mbox", r"\\left", r"\\right", r"\^\{\\circ\}", r"\^\\circ", r"\{?units\}?",
                 r"\{km\}|km", r"\\!", r"\\?\$", r"\\%"):
        text = re.sub(drop, "", text)
    text = re.sub("[td]frac", "frac", text)
    text = "0" + text if text.startswith(".") else text
    text = re.sub(r"\{([a-e])\}", r"\1", re.sub(r"\(([a-e])\)", r"\1", text))
    return text.rstrip(".").lstrip(":").strip()


def mathvision(rng):
    rows = []
    for index in range(24):
        gold = GOLDS[index // 2] if index % 2 == 0 else "ABCDE"[index // 2 % 5]
        rows.append({
            "id": str(index + 1), "question": "What is it?\n<image1>", "options": [] if index % 2 == 0 else OPTIONS,
            "answer": gold, "solution": None, "level": 1 + index % 5, "subject": ["algebra", "counting"][index % 3 % 2],
            "image": f"images/{index + 1}.jpg",
        })
    answers = []
    for row in rows:
        value = OPTIONS["ABCDE".index(row["answer"])] if row["options"] else ""
        said = [rng.choice([row["answer"], value or row["answer"], rng.choice(SAID)]) for _ in range(14)]
        for response in (rng.choice(WRITTEN).replace("%s", each) for each in said):
            answer = mathvision_answer(response)
            isCorrect = same(row["answer"], answer) or same(value, answer)
            answers.append({"id": row["id"], "response": response, "isCorrect": isCorrect})
    return ask(rows, answers)


# --- We-Math -------------------------------------------------------------------------------------------------------

REPLIES = ["<Answer>: <%s>", "Answer: %s", "Answer:%s. It is so", "<Thought process>: .. <Answer>: %s.", "Answer: (%s)",
           "The answer is %s", "%s", "Answer: A or Answer: %s", "I cannot say", "Answer: <%s", "Answer: z%s"]


def load_wemath():
    """The package's file alone: its neighbours want much that scoring does not."""
    place = pathlib.Path(importlib.util.find_spec("vlmeval").origin).parent / "dataset/utils/wemath.py"
    for name in ("vlmeval", "vlmeval.smp", "vlmeval.smp.file"):
        sys.modules[name] = types.ModuleType(name)
    sys.modules["vlmeval.smp.file"].load = lambda rows: pd.DataFrame(rows)
    spec = importlib.util.spec_from_file_location("wemath", place)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def we_math(rng):
    scorer = load_wemath()
    rows = []
    for index in range(90):
        steps = 2 + index % 2
        for part in [*range(1, steps + 1), "multi"]:
            rows.append({
                "ID": str(index + 1), "split": "testmini", "knowledge concept": f"Concept {index % 4}", "question": "How long?",
                "option": "A. 1 cm;B. 2 cm;C. 3 cm;D. No correct answer", "answer": rng.choice("ABCD"),
                "image_path": f"{index + 1}.png", "key": f"{steps}steps_{part}",
            })
    answered = [row for row in rows if rng.random() < 0.95]
    for row in answered:
        letter = row["answer"] if rng.random() < 0.75 else rng.choice("ABCDEZ")
        row["prediction"] = (REPLIES[0] if rng.random() < 0.6 else rng.choice(REPLIES)).replace("%s", letter)
    scored = scorer.load_and_process_data(answered)
    two, three = (scorer.evaluate_process_steps_data(scored[scored["key"].str.contains(f"{n}steps")], n) for n in (2, 3))
    counts, _ = scorer.evaluate_compute_final_scores(scorer.evaluate_calculate_metrics(two, three), 525)
    answers = [
        {"id": f"{row['ID']}-{row['key']}", "response": row.pop("prediction"), "isCorrect": bool(joker)}
        for row, joker in zip(answered, scored["joker"])
    ]
    return {**ask(rows, answers), "counts": counts, "problems": 90}


# --- MMStar --------------------------------------------------------------------------------------------------------

STARTS = ["%s", "%s.", "(%s) is right", "Option %s", "option %s: it is", "The answer is %s", "the answer is %s.", "It is %s",
          "\n%s\n", "answer: %s", "", "Because it is so", "**%s**", "%s: two\nof them"]
FINER = {"math": ["geometry", "statistical reasoning"], "logical reasoning": ["diagram reasoning", "common reasoning"]}


def mmstar(rng):
    rows = []
    for index in range(60):
        category = rng.choice(list(FINER))
        rows.append({
            "index": index, "image_path": f"{index}.jpg", "question": f"Which is it?\nOptions: A: one, B: two, C: three, D: four",
            "answer": rng.choice("ABCD"), "category": category, "l2_category": rng.choice(FINER[category]), "bench": "MMMU",
        })
    answers = []
    for row in rows:
        for _ in range(4):
            letter = row["answer"] if rng.random() < 0.6 else rng.choice("ABCD")
            response = rng.choice(STARTS).replace("%s", letter)
            gold, said = row["answer"].lower(), response.lower().strip().replace("\n", " ")
            places = [0] + [len(mark) for mark in ("(", "option ", "the answer is ") if said.startswith(mark)]
            answers.append({"id": str(row["index"]), "response": response,
                            "isCorrect": any(said[place:place + 1] == gold for place in places)})
    table = pd.DataFrame(answers).merge(pd.DataFrame(rows).assign(id=lambda frame: frame["index"].astype(str)), on="id")
    table["share"] = table["isCorrect"].astype(float)
    means = table.groupby("category")["share"].mean().to_dict()
    return {**ask(rows, answers), "categories": means, "finer": table.groupby("l2_category")["share"].mean().to_dict()}


# --- LogicVista ----------------------------------------------------------------------------------------------------

ONE = ["%s", "The answer is %s.", "**%s**", "Answer: (%s)", "<answer>\\boxed{%s}</answer>", "Option %s",
       "The sequence is A, B, C, D, so the answer is %s."]
TWO = ["%s, %s", "The answer is %s and %s.", "\\boxed{%s, %s}", "The answer is %s, %s", "Both %s and %s"]


def logicvista(rng):
    """What a reply chooses is known, for it was made of that."""
    rows, answers = [], []
    for index in range(80):
        gold = sorted(rng.sample("ABCDE", 2 if index % 8 == 0 else 1))
        skill = ["inductive", "deductive", "numerical", "spatial", "mechanical"][index % 5]
        rows.append({
            "index": index, "image_path": f"{index}.png", "question": "Which comes next? Select from A, B, C, D and E.",
            "answer": ", ".join(gold), "skill": str([skill]),
        })
        for _ in range(3):
            said = rng.sample(gold, len(gold)) if rng.random() < 0.5 else rng.sample("ABCDE", rng.choice([1, 2]))
            response = rng.choice(ONE if len(said) == 1 else TWO).replace("%s", said[0], 1).replace("%s", said[-1], 1)
            answers.append({"id": str(index), "response": response, "isCorrect": sorted(said) == gold})
    table = pd.DataFrame(rows).assign(id=lambda frame: frame["index"].astype(str)).merge(pd.DataFrame(answers), on="id")
    skills = table.assign(share=table["isCorrect"].astype(float)).groupby("skill")["share"].mean()
    return {**ask(rows, answers), "skills": {name[2:-2]: float(mean) for name, mean in skills.items()}}


# --- DynaMath ------------------------------------------------------------------------------------------------------

JSON_REPLIES = [
    '{"solution": "so", "short answer": "%s"}', '```json\n{"solution": "two\nlines", "short answer": "%s"}\n```',
    'Sure: {"solution": "\\frac{1}{2}", "short answer": "%s"} done', '{"short answer": %s}', '{"solution": "none"}',
    '{"solution": "a \\"b\\"", "short answer": "%s"}', "The answer is\n%s.", "%s", "", "}{", "[1, 2]", "{", "x}",
    '{"solution": "s",\n\t"short answer": "%s"}', '{"short answer": null}',
]
TYPED = {
    "float": ["1.5", "2.0", "12", "-0.333", "3.142"],
    "multiple choice": ["A", "B", "C", "D"],
    "text": ["even", "(0, 2)", "x = 3"],
}
DECORATED = ["%s", "%s cm", "%s.", "(%s)", "%s) two", "%s0004", "%s1", "It is %s", "%s\u03c0", "1\u03c0", "", "\u03c0", " %s"]


def dynamath_verdict(row, reply):
    """False wherever anything cannot be read."""
    start, end = reply.find("{"), reply.rfind("}")
    text = reply[start:end + 1].replace("\\", "") if 0 <= start < end else reply
    try:
        parsed = json.loads(text, strict=False)
    except ValueError:
        parsed = {"short answer": text.rpartition("\n")[2][:-1]}
    if not isinstance(parsed, dict):
        return False
    answer, gold, kind = str(parsed.get("short answer")), row["answer"], row["answer_type"]
    if kind == "float":
        head, pi, _ = answer.partition(" ")[0].partition("\u03c0")
        return is_float(head) and abs(float(head) * (math.pi if pi else 1) - float(gold)) <= 0.001
    if kind == "multiple choice" and len(answer) > 1:
        return gold in answer[:3]
    return answer == gold if kind == "multiple choice" else gold in answer


def dynamath(rng):
    rows = []
    for question in range(1, 31):
        kind = rng.choice(list(TYPED))
        for variant in range(1, 11):
            rows.append({
                "index": len(rows), "qid": question, "varid": variant, "question": "How much?", "answer": rng.choice(TYPED[kind]),
                "image_path": f"{question}-{variant}.png", "answer_type": kind,
                "subject": ["algebra", "statistics"][question % 2], "knowledge_level": ["high school", "undergraduate"][question % 3 % 2],
            })
    answers = []
    for row in rows:
        plain = row["qid"] % 3 == 0 or rng.random() < 0.3
        said = row["answer"] if plain or rng.random() < 0.7 else rng.choice(TYPED[row["answer_type"]])
        said = said if plain else rng.choice(DECORATED).replace("%s", said)
        reply = (JSON_REPLIES[0] if plain else rng.choice(JSON_REPLIES)).replace("%s", said)
        answers.append({"id": str(row["index"]), "response": reply, "isCorrect": dynamath_verdict(row, reply)})
    table = pd.DataFrame(rows).assign(correct=[float(answer["isCorrect"]) for answer in answers])
    worst = table.groupby("qid")["correct"].min().mean()
    measures = {"worst case": worst, "reasoning robustness": worst / table["correct"].mean()}
    return {**ask(rows, answers), "measures": measures, "subjects": table.groupby("subject")["correct"].mean().to_dict()}


MAKERS = {"mathvision": mathvision, "we-math": we_math, "mmstar": mmstar, "logicvista": logicvista, "dynamath": dynamath}

if __name__ == "__main__":
    folder, *names = sys.argv[1:]
    for name in names or MAKERS:
        made = MAKERS[name](random.Random(f"benchmark {name}"))
        pathlib.Path(folder, f"{name}.json").write_text(json.dumps(made, separators=(",", ":"), ensure_ascii=False) + "\n")
        print(name, len(made["rows"]), "rows,", len(made["answers"]), "answers,", sum(a["isCorrect"] for a in made["answers"]), "right")
