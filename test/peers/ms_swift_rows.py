"""Prints what ms-swift's own loader and template make of an export: each SFT row as trained on, each GRPO row as asked."""

import hashlib
import json
import sys

from swift.dataset import load_dataset
from swift.model import get_processor
from swift.template import get_template

model, sft_file, rl_file = sys.argv[1:]
template = get_template(get_processor(model, model_type="qwen2_5_vl"), max_length=4096)


def load(file: str):
    return load_dataset(file, strict=True, load_from_cache_file=False, remove_unused_columns=False)[0]


def pixels_of(encoded) -> list:
    return [hashlib.sha256(image.convert("RGB").tobytes()).hexdigest() for image in encoded["template_inputs"].images]


def sft_rows() -> list:
    template.set_mode("train")
    rows = [template.encode(row, return_template_inputs=True) for row in load(sft_file)]
    return [{"tokens": row["input_ids"], "learned": row["labels"], "images": pixels_of(row)} for row in rows]


def rl_rows() -> list:
    template.set_mode("transformers")
    return [
        {"tokens": template.encode(row)["input_ids"], "id": row["id"], "solution": row["solution"]} for row in load(rl_file)
    ]


print(json.dumps({"sft": sft_rows(), "rl": rl_rows()}))
