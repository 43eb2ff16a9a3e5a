"""Small files of the schemas that benchmarks publish and of VLMEvalKit's tables (test/fixtures/benchmarks/published).

    pip install pandas==3.1.1 pyarrow==26.0.1
    python scripts/benchmarks/samples.py test/fixtures/benchmarks/published

Questions are made up. Pictures are beside the JSON files, below `images/`, and within Parquet and tables.
"""

import base64
import json
import pathlib
import struct
import sys
import zlib

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq


def a_picture(shade):
    """28 x 28 pixels of one grey, as PNG."""
    chunk = lambda name, data: struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    rows = (b"\0" + bytes([shade]) * 28) * 28
    header = struct.pack(">IIBBBBB", 28, 28, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


PICTURES = [a_picture(40 * shade) for shade in range(6)]
IN_TABLE = [base64.b64encode(picture).decode() for picture in PICTURES]


def vista(pid, question, answer, kind, choices=None, precision=None, unit=None):
    hint = "Hint: Please answer the question and provide the correct option letter, e.g., A, B, C, D, at the end."
    return {
        "question": question, "image": f"images/{pid}.png", "choices": choices, "unit": unit, "precision": precision,
        "answer": answer, "question_type": "multi_choice" if choices else "free_form", "answer_type": kind, "pid": pid,
        "metadata": {
            "category": "math-targeted-vqa", "context": "bar chart", "grade": "daily life", "img_height": 28, "img_width": 28,
            "language": "english", "skills": ["arithmetic reasoning", "statistical reasoning"], "source": "Made",
            "split": "testmini", "task": "figure question answering",
        },
        "query": f"{hint}\nQuestion: {question}",
    }


MATHVISTA = [
    vista("1", "Which bar is taller?", "the red one", "text", choices=["the red one", "the blue one", "None"]),
    vista("2", "How much do both cost?", "1.5", "float", precision=1.0, unit="$"),
    vista("3", "Between which years?", "[2007, 2008]", "list"),
]


def verse(index, version, answer, words, question):
    ask = f"Please first conduct reasoning, and then answer the question, at the end.\nQuestion: {question}"
    return {
        "sample_index": str(index), "problem_index": "1", "problem_version": version, "question": question,
        "image": f"images_version_1-4/image_{index}.png", "answer": answer, "question_type": "multi-choice",
        "metadata": {"split": "testmini", "source": "Made", "subject": "Plane Geometry", "subfield": "Angle"},
        "query_wo": ask.replace("first conduct reasoning, and then", "directly"), "query_cot": ask, "question_for_eval": words,
    }


WORDS = "How large is the angle?\nChoices:\nA:40\u00b0\nB:50\u00b0"
MATHVERSE = [verse(1, "Text Dominant", "B", WORDS, WORDS), verse(2, "Vision Only", "B", WORDS, "")]

MMMU = [
    {"id": "validation_Art_Theory_1", "question": "Compare <image 1> with <image 2>.", "options": "['alike', \"don't know\", 'not']",
     "explanation": "", "images": [0, 1], "img_type": "['Paintings']", "answer": "C", "topic_difficulty": "Easy",
     "question_type": "multiple-choice", "subfield": "Art Theory"},
    {"id": "validation_Finance_2", "question": "<image 1> What is the rate?", "options": "[]", "explanation": "By the table.",
     "images": [2], "img_type": "['Tables']", "answer": "['24/7', '3.429']", "topic_difficulty": "Hard", "question_type": "open",
     "subfield": "Investment"},
    {"id": "validation_Math_3", "question": "Which is it?", "options": "['<image 1>', '<image 2>']", "explanation": "",
     "images": [3, 4], "img_type": "['Plots']", "answer": "A", "topic_difficulty": "Medium", "question_type": "multiple-choice",
     "subfield": "Geometry"},
]

LOGICVISTA = {
    "v1_0": ("Which choice (A, B, C, or D) fits?", "C", ["inductive"], ["diagram", "ocr"]),
    "v1_1": ("Which choices (A-D) belong to the green category?", "A, C", ["inductive", "spatial"], ["diagram"]),
    "v1_2": ("Which one is next?", "", ["mechanical"], ["diagram"]),
}

DYNAMATH = {
    "1": ("How far is it?", "2.5", "float", "plane geometry", "high school"),
    "2": ("Is it even?", "B", "multiple choice", "algebra", "elementary school"),
}


def json_files(folder):
    write = lambda name, value: (folder / name).write_text(json.dumps(value, indent=4, ensure_ascii=False) + "\n")
    write("mathvista.json", {row["pid"]: row for row in MATHVISTA})
    write("mathverse.json", MATHVERSE)
    write("logicvista.json", {
        key: {"imagename": f"{key}.png", "question": question, "answer": answer, "reasoning": "It is so.", "skill": skill,
              "capability": capability, "imagesource": "made", "sourcelink": "https://example.org"}
        for key, (question, answer, skill, capability) in LOGICVISTA.items()
    })
    write("dynamath.json", {
        key: {"question": question, "answer": answer, "image": f"images/image{key}.png", "answer_type": kind, "subject": subject,
              "level": level}
        for key, (question, answer, kind, subject, level) in DYNAMATH.items()
    })
    names = [f"{row['pid']}.png" for row in MATHVISTA] + [row["image"] for row in MATHVERSE]
    names += [f"{key}.png" for key in LOGICVISTA] + [f"image{key}.png" for key in DYNAMATH]
    for at, name in enumerate(names):
        place = folder / "images" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(PICTURES[at % len(PICTURES)])


def parquet_files(folder):
    picture = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    embed = lambda at: {"bytes": PICTURES[at], "path": f"{at}.png"}
    mmmu = [{
        **{name: value for name, value in row.items() if name != "images"},
        **{f"image_{n}": embed(row["images"][n - 1]) if n <= len(row["images"]) else None for n in range(1, 8)},
    } for row in MMMU]
    columns = {name: [row[name] for row in mmmu] for name in mmmu[0]}
    types = {name: picture for name in columns if name.startswith("image_")}
    pq.write_table(pa.table({name: pa.array(values, types.get(name)) for name, values in columns.items()}), folder / "mmmu.parquet")
    vista = [{**row, "decoded_image": embed(at)} for at, row in enumerate(MATHVISTA)]
    arrays = {name: pa.array([row[name] for row in vista], picture if name == "decoded_image" else None) for name in vista[0]}
    pq.write_table(pa.table(arrays), folder / "mathvista.parquet")
    variants = [{"id": key, "question": question, "image": f"images/{key}.png", "decoded_image": embed(0), "ground_truth": answer,
                 "answer_type": kind, "subject": subject, "knowledge_level": level}
                for key, (question, answer, kind, subject, level) in DYNAMATH.items()]
    arrays = {name: pa.array([row[name] for row in variants], picture if name == "decoded_image" else None) for name in variants[0]}
    pq.write_table(pa.table(arrays), folder / "dynamath.parquet")


def tables(folder):
    write = lambda name, rows: pd.DataFrame(rows).to_csv(folder / name, sep="\t", index=False)
    write("mathvista.tsv", [{
        "index": row["pid"], "image": IN_TABLE[at], "question": row["query"], "answer": row["answer"],
        "choices": str(row["choices"] or []), "precision": row["precision"], "question_type": row["question_type"],
        "answer_type": row["answer_type"], "answer_option": "A" if row["choices"] else None,
        "task": row["metadata"]["task"], "category": row["metadata"]["category"], "skills": str(row["metadata"]["skills"]),
    } for at, row in enumerate(MATHVISTA)])
    write("mathverse.tsv", [{"index": row["sample_index"], **row, "image": IN_TABLE[at], "metadata": str(row["metadata"])}
                            for at, row in enumerate(MATHVERSE)])
    letters = lambda row: dict(zip("ABCDEFGHI", json.loads(row["options"].replace("\"don't know\"", "'dont know'").replace("'", '"'))))
    write("mmmu.tsv", [{
        "index": at, "question": row["question"], **{letter: letters(row).get(letter) for letter in "ABC"}, "answer": row["answer"],
        "image": str([IN_TABLE[one] for one in row["images"]]), "category": row["id"].rpartition("_")[0].partition("_")[2],
        "l2-category": "Some", "split": "validation", "topic_difficulty": row["topic_difficulty"],
    } for at, row in enumerate(MMMU, 1)])


if __name__ == "__main__":
    target = pathlib.Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    for make in (json_files, parquet_files, tables):
        make(target)
