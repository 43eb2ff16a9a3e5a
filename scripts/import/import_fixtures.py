"""Makes test/fixtures/import: rows as Python's own libraries write them, and what those libraries read back.

    python -m venv .venv && .venv/bin/pip install datasets==5.2.0 pandas==3.1.1 pyarrow==26.0.1 pillow==13.0.0
    .venv/bin/python scripts/import/import_fixtures.py

`expected.json` has, per file, every row by column; bytes stand as base64. Tables are read with every cell as text, as what
pandas makes of a column depends on all of its cells.
"""

import base64
import io
import json
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from datasets import Dataset, Features, Image, List, Value
from PIL import Image as Pillow

OUT = Path(__file__).parents[2] / "test" / "fixtures" / "import"
CODECS = ["none", "snappy", "gzip", "brotli", "zstd", "lz4"]


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    expected = {}
    for codec in CODECS:
        expected |= write_verl(codec)
    expected |= write_types() | write_datasets() | write_table()
    (OUT / "expected.json").write_text(json.dumps(expected, indent=1, ensure_ascii=False) + "\n")


def picture(colour: str, size=(28, 28), format="PNG") -> bytes:
    buffer = io.BytesIO()
    Pillow.new("RGB", size, colour).save(buffer, format)
    return buffer.getvalue()


def plain(value):
    """As JSON has it."""
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**53 - 1:
        return str(value)
    return value


def read_parquet(name: str) -> dict:
    return {name: [plain(row) for row in pq.read_table(OUT / name).to_pylist()]}


def write_verl(codec: str) -> dict:
    """Rows of verl's RL, as its examples preprocess geometry3k; two to a row group, one codec a file."""
    colours = ["red", "green", "blue"]
    rows = [
        {
            "data_source": "hiyouga/geometry3k",
            "prompt": [
                {"role": "system", "content": "Think first."} if index == 2 else None,
                {"role": "user", "content": "<image>" * (index + 1) + f"Find $x_{index}$. 面积 \\boxed{{}}"},
            ],
            "images": [{"bytes": picture(colour), "path": None} for colour in colours[: index + 1]],
            "ability": "math",
            "reward_model": {"style": "rule", "ground_truth": str(3 * index + 1)},
            "extra_info": {"split": "train", "index": index, "answer": str(3 * index + 1), "question": "Find $x$."},
        }
        for index in range(3)
    ]
    for row in rows:
        row["prompt"] = [turn for turn in row["prompt"] if turn]
    name = f"verl-{codec}.parquet"
    version = "2.0" if codec in ("gzip", "zstd") else "1.0"
    pq.write_table(
        pa.Table.from_pylist(rows),
        OUT / name,
        compression=codec,
        row_group_size=2,
        data_page_version=version,
        use_dictionary=codec != "lz4",
    )
    return read_parquet(name)


def write_types() -> dict:
    """What else columns may be: large and nested types, numbers at their limits, dictionaries, nothing at all."""
    table = pa.table(
        {
            "id": pa.array([2**53 + 1, 7, None], pa.int64()),
            "question": pa.array(["What?", None, "Où\tça\n?"], pa.large_string()),
            "answer": pa.array([1.5, None, -0.25], pa.float64()),
            "small": pa.array([1, -2, None], pa.int8()),
            "count": pa.array([2**32 - 1, 0, None], pa.uint32()),
            "price": pa.array([Decimal("12.50"), None, Decimal("-0.01")], pa.decimal128(10, 2)),
            "isRight": pa.array([True, None, False]),
            "at": pa.array([datetime(2026, 11, 28, 12, tzinfo=timezone.utc), None, None], pa.timestamp("ms", "UTC")),
            "tier": pa.array(["a", "b", None]).dictionary_encode(),
            "nothing": pa.nulls(3),
            "options": pa.array([["x", None], [], None], pa.large_list(pa.string())),
            "deep": pa.array(
                [[{"a": [[1, 2], []]}], None, [{"a": None}]],
                pa.list_(pa.struct([("a", pa.list_(pa.list_(pa.int32())))])),
            ),
            "picture": pa.array([b"\xff\x00", None, b""], pa.binary()),
            "large": pa.array([b"\x80", None, b"abc"], pa.large_binary()),
        }
    )
    pq.write_table(table, OUT / "types.parquet", compression="snappy")
    return read_parquet("types.parquet")


def write_datasets() -> dict:
    """Questions with their answers, by `datasets`: images embedded, one a JPEG; lists of images and of options."""
    features = Features(
        {
            "id": Value("string"),
            "question": Value("string"),
            "image": Image(),
            "choices": List(Value("string")),
            "answer": Value("string"),
            "level": Value("int64"),
        }
    )
    rows = {
        "id": ["q-1", "q-2", "q-3"],
        "question": ["<image>Which colour?", "How large?", "What is 2 + 2?"],
        "image": [
            {"bytes": picture("red"), "path": "red.png"},
            {"bytes": picture("blue", (40, 30), "JPEG"), "path": None},
            None,
        ],
        "choices": [["red", "blue"], [], []],
        "answer": ["A", "40", "4"],
        "level": [1, 2, 3],
    }
    Dataset.from_dict(rows, features=features).to_parquet(OUT / "datasets.parquet")
    several = Dataset.from_dict(
        {
            "messages": [
                [
                    {"role": "user", "content": [{"type": "image", "text": None}, {"type": "text", "text": "And "}, {"type": "image", "text": None}, {"type": "text", "text": " alike?"}]},
                    {"role": "assistant", "content": [{"type": "text", "text": "<think>Both are squares of one size.</think> <answer>\\boxed{yes}</answer>"}]},
                ]
            ],
            "images": [[{"bytes": picture("red"), "path": None}, {"bytes": picture("green"), "path": None}]],
        },
        features=Features(
            {
                "messages": List({"role": Value("string"), "content": List({"type": Value("string"), "text": Value("string")})}),
                "images": List(Image()),
            }
        ),
    )
    several.to_parquet(OUT / "trl.parquet")
    return read_parquet("datasets.parquet") | read_parquet("trl.parquet")


def write_table() -> dict:
    """A table as VLMEvalKit has them: options with gaps, images by the index of a row before or behind, several in one."""
    encode = lambda data: base64.b64encode(data).decode()
    pictures = [encode(picture(colour, (200, 120), "JPEG")) for colour in ("red", "green", "blue")]
    rows = [
        {"index": 1, "image": "3", "question": 'Say "tall"?\tYes', "A": "1", "B": "2", "answer": "A", "category": "size"},
        {"index": 2, "image": pictures[0], "question": "Line\nbreak", "hint": "Look left", "A": "NA", "answer": "5", "category": "n/a"},
        {"index": 3, "image": pictures[1], "question": "None of 'em", "A": "x", "B": "y", "C": "None", "answer": "B"},
        {"index": 4, "image": "2", "question": "又", "A": "0.50", "B": "007", "answer": "B", "l2-category": "fine"},
        {"index": 5, "image": str(pictures[1:]), "question": "Two?", "answer": "2"},
        {"index": 6, "image": None, "question": "Nothing to see?", "answer": "2"},
    ]
    name = "vlmevalkit.tsv"
    pd.DataFrame(rows).to_csv(OUT / name, sep="\t", index=False)
    odd = ['index\tquestion\tA', '1\ta"b\tx', "", '2\t"q ""w"" e"\t"a\r\nb"', "3\tl\u00a0 z \t NA", "4\tshort", "5\t<NA>\t-nan"]
    (OUT / "odd.tsv").write_bytes("".join(f"{line}\r\n" for line in odd).encode())
    return read_table(name) | read_table("odd.tsv")


def read_table(name: str) -> dict:
    table = pd.read_csv(OUT / name, sep="\t", dtype=str)
    return {name: [{key: value for key, value in row.items() if not pd.isna(value)} for row in table.to_dict("records")]}


main()
