"""Made rows and answers of benchmarks, with the verdicts of the benchmarks' own rules (test/fixtures/benchmarks).

    pip install latex2sympy2==1.9.1 pandas==3.1.1
    pip install --no-deps ms-vlmeval==0.0.20 lmms-eval==0.2.4
    pip install Levenshtein==0.27.5
    python scripts/benchmarks/reference.py test/fixtures/benchmarks [name ...]

MathVision is recomputed here on the formulas of latex2sympy2, which its own code reads them by. We-Math is scored by
ms-vlmeval, MathVerse too, with a stand-in for the language model that knows what was said; MathVista by lmms-eval's copy of
its own code, from what was said on; MMMU's open questions by lmms-eval's copy, its choices (which that has changed), MMStar,
DynaMath and LogicVista recomputed here.
"""

import ast
import importlib.util
import json
import math
import pathlib
import random
import re
import sys
import types

import numpy as np
import pandas as pd


def ask(rows, answers):
    """Every answer beside the row that it answers."""
    return {"rows": rows, "answers": answers}


VLMEVAL = pathlib.Path(importlib.util.find_spec("vlmeval").origin).parent
LMMS_EVAL = pathlib.Path(importlib.util.find_spec("lmms_eval").origin).parent


def load_vlmeval(name):
    """One file of ms-vlmeval alone: its neighbours want much that scoring does not."""
    for stub in ("vlmeval", "vlmeval.smp", "vlmeval.smp.file"):
        sys.modules[stub] = types.ModuleType(stub)
    sys.modules["vlmeval.smp.file"].load = lambda rows: pd.DataFrame(rows)
    spec = importlib.util.spec_from_file_location(name, VLMEVAL / f"dataset/utils/{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def borrow(place, *names, **known):
    """Functions and methods of a file of lmms-eval, without what it imports and asks for when it is loaded."""
    tree = ast.parse((LMMS_EVAL / place).read_text())
    wanted = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name in names]
    functions = dict(re=re, np=np, **known)
    exec(compile(ast.Module(wanted, []), place, "exec"), functions)
    bound = {node.name for node in wanted if node.args.args[0].arg == "self"}
    return type("Borrowed", (), {name: functions[name] if name in bound else staticmethod(functions[name]) for name in names})()


def shares(table, column):
    return {str(name): float(mean) for name, mean in table.groupby(column)["share"].mean().items()}


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


def we_math(rng):
    scorer = load_vlmeval("wemath")
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


# --- MathVista -----------------------------------------------------------------------------------------------------

CHOICES = [["3/11", "8/11", "6/11", "3/5"], ["larger than", "equal to", "smaller than"], ["Yes", "No"],
           ["30\u00b0", "45\u00b0", "60\u00b0", "90\u00b0"], ["Dark Violet", "Dark Magenta", "Web Green"]]
SAYING = ["%s", "The answer is %s.", "So it is \\boxed{%s}.", 'The answer is "%s".', "First 5, then 12.\n\nAnswer: %s",
          "**%s**", "<answer>%s</answer>", "Therefore, the answer is %s", "The final answer is $%s$"]
TASKS = ["figure question answering", "geometry problem solving", "math word problem"]
SKILLS = ["arithmetic reasoning", "algebraic reasoning", "numeric commonsense", "statistical reasoning"]
PLAIN = {"integer": ["14", "-3", "2007", "0"], "list": ["[2007, 2008]", "[1.2, 1.3, 1.4]"]}
FLOATS = {1: ["0.6", "12.0", "1.5"], 2: ["1.45", "3.14", "20.5"]}
OTHERS = {"integer": ["14.0", "15", "1e3", "2007.9", "1,000"], "float": ["0.64", "1.454", "3.145", "20.50", "12", "0.55"],
          "list": ["[2007, 2009]", "[1.2, 1.3]"]}


def a_vista_row(rng, pid):
    kind = rng.choice(["text", "text", "integer", "float", "list"])
    precision = rng.choice([1, 2]) if kind == "float" else None
    choices = rng.choice(CHOICES) if kind == "text" else None
    answer = rng.choice(choices or PLAIN.get(kind) or FLOATS[precision])
    return {
        "pid": str(pid), "question": "What does it show?", "image": f"images/{pid}.jpg", "choices": choices,
        "unit": rng.choice([None, None, "$"]) if kind == "float" else None,
        "precision": precision and float(precision), "answer": answer,
        "question_type": "multi_choice" if choices else "free_form", "answer_type": kind,
        "metadata": {
            "split": "testmini", "language": "english", "img_width": 40, "img_height": 30, "source": f"Source {pid % 3}",
            "category": ["math-targeted-vqa", "general-vqa"][pid % 2], "task": rng.choice(TASKS), "context": "bar chart",
            "grade": ["elementary school", "daily life"][pid % 2], "skills": rng.sample(SKILLS, 1 + pid % 2),
        },
        "query": "Hint: Please answer the question.\nQuestion: What does it show?",
    }


def say_vista(rng, row):
    """A response and what it says."""
    if rng.random() < 0.04:
        return "", ""
    if row["choices"]:
        at = row["choices"].index(row["answer"]) if rng.random() < 0.6 else rng.randrange(len(row["choices"]))
        letter, text = "ABCD"[at], row["choices"][at]
        said = rng.choice([letter, f"({letter})", text, f"({letter}) {text}"])
        return rng.choice(SAYING).replace("%s", said), said
    if rng.random() < 0.05:
        return "I cannot tell.", ""
    said = row["answer"] if rng.random() < 0.6 else rng.choice(OTHERS[row["answer_type"]])
    response = rng.choice(SAYING).replace("%s", said)
    return response, said if response == said else said.replace("1,000", "1000")


def mathvista(rng):
    from Levenshtein import distance

    names = ("get_most_similar", "normalize_extracted_answer", "get_acc_with_contion")
    scorer = borrow("tasks/mathvista/mathvista_evals.py", *names, distance=distance)
    rows = [a_vista_row(rng, pid) for pid in range(1, 121)]
    answers = []
    for row in rows:
        for _ in range(3):
            response, said = say_vista(rng, row)
            # Its file has whole numbers as precision; Python rounds to nothing else.
            places = row["precision"] and int(row["precision"])
            read = scorer.normalize_extracted_answer(said, row["choices"], row["question_type"], row["answer_type"], places)
            answers.append({"id": row["pid"], "response": response, "isCorrect": read == row["answer"]})
    table = pd.DataFrame([{**row, **row["metadata"]} for row in rows]).merge(pd.DataFrame(answers), left_on="pid", right_on="id")
    table["true_false"] = table["isCorrect"]
    tables = {}
    for key in ("question_type", "answer_type", "source", "task", "grade"):
        tables[key] = {value: scorer.get_acc_with_contion(table, key, value)[:2] for value in table[key].unique()}
    tables["skills"] = {skill: scorer.get_acc_with_contion(table, "skills", skill)[:2] for skill in SKILLS}
    return {**ask(rows, answers), "tables": tables}


# --- MathVerse -----------------------------------------------------------------------------------------------------

VERSIONS = ["Text Dominant", "Text Lite", "Vision Intensive", "Vision Dominant", "Vision Only"]
SUBFIELDS = {"Plane Geometry": ["Angle", "Area"], "Functions": ["Coordinate", "Expression"], "Solid Geometry": ["Volume"]}
FREE = {"50\u00b0": ["50\u00b0", "50^\\circ", "50"], "\\frac{3}{4}": ["3/4", "0.75"], "(-2,1)": ["(-2, 1)"], "12": ["12", "12.0"],
        "x = 3": ["3", "x=3"]}


class KnowsAll:
    """The language model: says what was said, and whether that is right."""

    def __init__(self, said, is_right):
        self.replies = [said, str(int(is_right))]

    def generate(self, prompt, temperature):
        return self.replies[0 if "You should extract" in prompt else 1]


def a_verse_problem(rng, index):
    subject = rng.choice(list(SUBFIELDS))
    is_choice = rng.random() < 0.6
    words = f"How large is angle {index}?" + ("\nChoices:\nA:40\u00b0\nB:50\u00b0\nC:65\u00b0\nD:90\u00b0" if is_choice else "")
    hint = "provide the correct option letter, e.g., A, B, C, D" if is_choice else "provide the final value, e.g., 1, 2.5, 300"
    return {
        "problem_index": str(index), "answer": rng.choice("ABCD" if is_choice else list(FREE)), "words": words,
        "question_type": "multi-choice" if is_choice else "free-form",
        "metadata": {"split": "testmini", "source": "GeoQA", "subject": subject, "subfield": rng.choice(SUBFIELDS[subject])},
        "ask": lambda text: f"Please first conduct reasoning, and then answer the question and {hint}, at the end.\nQuestion: {text}",
    }


def say_verse(rng, problem):
    gold = problem["answer"]
    if problem["question_type"] == "multi-choice":
        said = gold if rng.random() < 0.6 else rng.choice("ABCD")
        return said, said == gold
    truth = gold if rng.random() < 0.6 else rng.choice(list(FREE))
    return rng.choice(FREE[truth]), truth == gold


def mathverse(rng):
    scorer = load_vlmeval("mathverse")
    rows, scored, answers = [], [], []
    for index in range(1, 41):
        problem = a_verse_problem(rng, index)
        for version in VERSIONS:
            text = "" if version == "Vision Only" else problem["words"]
            row = {
                "sample_index": str(len(rows) + 1), "problem_index": problem["problem_index"], "problem_version": version,
                "question": text, "image": f"images_version_1/image_{index}.png", "answer": problem["answer"],
                "question_type": problem["question_type"], "metadata": problem["metadata"],
                "query_wo": problem["ask"](text).replace("first conduct reasoning, and then", "directly"),
                "query_cot": problem["ask"](text), "question_for_eval": problem["words"],
            }
            rows.append(row)
            for _ in range(2):
                said, is_right = say_verse(rng, problem)
                response = rng.choice(SAYING).replace("%s", said)
                line = {**row, "prediction": response}
                line["extract"] = scorer.MathVerse_auxeval_extract(KnowsAll(said, is_right), line)["extract"]
                line["score"] = scorer.MathVerse_auxeval_score(KnowsAll(said, is_right), line)["score"]
                answers.append({"id": row["sample_index"], "response": response, "isCorrect": bool(line["score"])})
                scored.append({**line, "metadata": str(row["metadata"])})
    accuracies = scorer.MathVerse_acc(scored).set_index("split")
    return {**ask(rows, answers), "versions": {version: accuracies.loc[version].to_dict() for version in VERSIONS}}


# --- MMMU ----------------------------------------------------------------------------------------------------------

MMMU_SUBJECTS = {"Art_Theory": "Art and Design", "Finance": "Business", "Math": "Science", "Physics": "Science"}
MMMU_OPTIONS = ["the first law of motion", "a red square", "$12,000", "both <image 1> and none"]
CHOOSING = ["%s", "(%s)", "%s.", "The answer is %s", "I think (%s) is right, not (A)", "A is wrong, so B or %s it is", "**%s**",
            "It must be %s: clearly", "Option %s!", "'%s'", "", "no idea", "Because of what one sees here it is clearly %t indeed",
            "Some would say a red square and others %t as in the book", "Answer:%s", "%s) two"]
OPEN_GOLDS = ["24", "0.33", "8.5", "x", "['12', 'twelve']", "sine wave", "1,200", "-7"]
OPEN_SAID = ["24", "24.004", "0.333", "8.5", "x", "12", "Twelve", "a sine wave", "1,200", "1200", "-7", "1.2e3", "7", "no"]
TELLING = ["%s", "The answer is %s.", "So the result is %s", "2 + 2 = %s", "It could be 5.\nTherefore %s", "First 24. Then %s. Done.",
           "x = %s cm", "The final answer is: %s\nBecause it is so", "", "is\nso %s.", "We get %s, is it ?", "answer %s and result 24"]


def read_choice(options, response):
    """By numpy, as the benchmark has it; None where it draws one."""
    for character in ",.!?;:'":
        response = response.strip(character)
    response = f" {response} "
    letters = [chr(65 + at) for at in range(len(options))]
    for form in ("(%s)", " %s "):
        places = np.array([response.rfind(form % letter) for letter in letters])
        if (places >= 0).any():
            return letters[int(np.argmax(places))]
    places = np.array([response.lower().rfind(option.lower()) for option in options])
    return letters[int(np.argmax(places))] if len(response.split()) > 5 and (places >= 0).any() else None


def mmmu(rng):
    scorer = borrow("tasks/mmmu/utils.py", "parse_open_response", "eval_open", "extract_numbers", "check_is_number", "normalize_str")
    rows, answers = [], []
    for number in range(1, 91):
        subject, is_open = rng.choice(list(MMMU_SUBJECTS)), number % 5 == 0
        options = [] if is_open else rng.sample(MMMU_OPTIONS, rng.choice([2, 4]))
        row = {
            "id": f"validation_{subject}_{number}", "question": "What is <image 1>?", "options": str(options), "explanation": "",
            "image_1": f"images/{number}.png", "img_type": "['Plots']", "topic_difficulty": ["Easy", "Hard"][number % 2],
            "answer": rng.choice(OPEN_GOLDS) if is_open else "ABCD"[rng.randrange(len(options))],
            "question_type": "open" if is_open else "multiple-choice", "subfield": "Some",
        }
        rows.append(row)
        for _ in range(4):
            if is_open:
                gold = ast.literal_eval(row["answer"]) if row["answer"].startswith("[") else row["answer"]
                response = rng.choice(TELLING).replace("%s", rng.choice(OPEN_SAID))
                verdict = scorer.eval_open(gold, scorer.parse_open_response(response))
                answers.append({"id": row["id"], "response": response, "isCorrect": verdict})
                continue
            at = "ABCD".index(row["answer"]) if rng.random() < 0.6 else rng.randrange(len(options))
            response = rng.choice(CHOOSING).replace("%s", "ABCD"[at]).replace("%t", options[at])
            read = read_choice(options, response)
            chance = 1 / len(options) if read is None else 0
            answers.append({"id": row["id"], "response": response, "isCorrect": read == row["answer"], "chance": chance})
    table = pd.DataFrame(rows).merge(pd.DataFrame(answers), on="id").assign(share=lambda one: one["isCorrect"].astype(float))
    table["subject"] = [re.fullmatch(r"validation_(.+)_\d+", each)[1] for each in table["id"]]
    table["discipline"] = table["subject"].map(MMMU_SUBJECTS)
    measures = {"choices not read": float((table["chance"] > 0).mean()),
                "accuracy with guesses": float((table["share"] + table["chance"].fillna(0)).mean())}
    return {**ask(rows, answers), "subject": shares(table, "subject"), "discipline": shares(table, "discipline"), "measures": measures}


MAKERS = {
    "mathvision": mathvision, "we-math": we_math, "mmstar": mmstar, "logicvista": logicvista, "dynamath": dynamath,
    "mathvista": mathvista, "mathverse": mathverse, "mmmu": mmmu,
}

if __name__ == "__main__":
    folder, *names = sys.argv[1:]
    for name in names or MAKERS:
        made = MAKERS[name](random.Random(f"benchmark {name}"))
        pathlib.Path(folder, f"{name}.json").write_text(json.dumps(made, separators=(",", ":"), ensure_ascii=False) + "\n")
        print(name, len(made["rows"]), "rows,", len(made["answers"]), "answers,", sum(a["isCorrect"] for a in made["answers"]), "right")
