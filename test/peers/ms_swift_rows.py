"""Prints what ms-swift's own loader and template make of an export: each SFT row as trained on, each GRPO row as asked."""

import hashlib
import json
import os
import sys

model, sft_folder, rl_folder, scratch = sys.argv[1:]
os.environ["MODELSCOPE_CACHE"] = scratch
# ms-swift resizes images itself, and passes over the checkpoint's limits.
with open(f"{model}/preprocessor_config.json") as file:
    limits = json.load(file)
os.environ.update(MIN_PIXELS=str(limits["min_pixels"]), MAX_PIXELS=str(limits["max_pixels"]))

from swift.dataset import load_dataset
from swift.model import get_processor
from swift.template import get_template
from swift.template.vision_utils import load_image

template = get_template(get_processor(model, model_type="qwen2_5_vl"), template_type="qwen2_5_vl", max_length=4096)
# ms-swift has the ids of the published checkpoints written in; this one has its own.
template.image_token_id = template.tokenizer.convert_tokens_to_ids("<|image_pad|>")


def encode(folder: str, mode: str) -> list:
    os.environ["ROOT_IMAGE_DIR"] = folder
    template.set_mode(mode)
    rows = load_dataset(f"{folder}/train.jsonl", strict=True, load_from_cache_file=False, remove_unused_columns=False)[0]
    return [(row, template.encode(row)) for row in rows]


def pixels_of(row: dict) -> list:
    images = [load_image(image["path"]) for image in row["images"] or []]
    return [hashlib.sha256(image.convert("RGB").tobytes()).hexdigest() for image in images]


sft = [
    {"tokens": encoded["input_ids"], "learned": encoded["labels"], "images": pixels_of(row), "id": row["id"]}
    for row, encoded in encode(sft_folder, "train")
]
rl = [
    {"tokens": encoded["input_ids"], "images": pixels_of(row), "id": row["id"], "answer": row["solution"]}
    for row, encoded in encode(rl_folder, "transformers")
]
print(json.dumps({"sft": sft, "rl": rl}))
