"""Makes test/fixtures/parity: tiny random Qwen2.5-VL checkpoints and what `transformers` computes with them.

    python -m venv .venv && .venv/bin/pip install transformers==5.23.0 torch==2.15.0 torchvision==0.29.2 pillow==13.0.0
    .venv/bin/python scripts/parity/make_fixtures.py

Takes about a minute on two cores. Greedy tokens whose lead is within float noise make it stop: change the seed.
"""

import json
import shutil
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw
from processing_fixtures import make_processing_fixtures
from reference import compute_reference, load_model, load_processor
from tiny_checkpoint import save_checkpoint, write_json

FIXTURES = Path(__file__).parents[2] / "test" / "fixtures" / "parity"
NEW_TOKENS = 16
LAST_POSITIONS = 6
SMALLEST_MARGIN = 2e-3

TEXT = {"type": "text", "text": "How many red circles are in the picture?"}


def image(file: str) -> dict:
    return {"type": "image", "file": file}


def text(value: str) -> dict:
    return {"type": "text", "text": value}


CASES = {
    # One image; every query head has its own key and value head; the embedding is also the output layer.
    "one-image": {
        "seed": 11, "gain": 1.0, "tied": True, "shards": 1,
        "text": {
            "hidden_size": 48, "intermediate_size": 80, "num_hidden_layers": 2, "num_attention_heads": 3,
            "num_key_value_heads": 3, "rope_scaling": {"type": "mrope", "mrope_section": [2, 3, 3]},
        },
        "vision": {
            "depth": 2, "hidden_size": 32, "intermediate_size": 48, "num_heads": 2, "patch_size": 14,
            "window_size": 112, "fullatt_block_indexes": [1],
        },
        "limits": {"min_pixels": 3136, "max_pixels": 12544},
        "images": {"shapes.png": (97, 61)},
        "prompts": {
            "image-then-text": {"content": [image("shapes.png"), TEXT]},
            "with-system": {"system": "Think step by step, then answer.", "content": [image("shapes.png"), TEXT]},
        },
    },
    # Several images of different sizes over several ragged windows; two key-value heads for four query heads; the
    # folder as transformers 5 saves it (nested text_config, processor_config.json, chat_template.jinja).
    "windows": {
        "seed": 23, "gain": 1.1, "tied": False, "shards": 1,
        "text": {
            "hidden_size": 48, "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 4,
            "num_key_value_heads": 2, "rope_scaling": {"type": "mrope", "mrope_section": [1, 2, 3]},
        },
        "vision": {
            "depth": 4, "hidden_size": 32, "intermediate_size": 48, "num_heads": 2, "patch_size": 4,
            "window_size": 24, "fullatt_block_indexes": [1, 3],
        },
        "limits": {"size": {"shortest_edge": 256, "longest_edge": 4096}},
        "images": {"wide.png": (75, 41), "tall.png": (33, 66), "small.png": (16, 16)},
        "prompts": {
            "wide": {"content": [image("wide.png"), TEXT]},
            "three-images": {
                "content": [
                    image("wide.png"), text("Which bar is the tallest? Compare"), image("tall.png"), text(" with "),
                    image("small.png"), text("."),
                ],
            },
        },
    },
    # Text only and mixed prompts of unequal length; weights in bfloat16, in shards under an index.
    "mixed": {
        "seed": 41, "gain": 1.1, "tied": False, "shards": 3,
        "text": {
            "hidden_size": 64, "intermediate_size": 112, "num_hidden_layers": 3, "num_attention_heads": 4,
            "num_key_value_heads": 1, "rope_scaling": {"type": "mrope", "mrope_section": [2, 3, 3]},
        },
        "vision": {
            "depth": 3, "hidden_size": 40, "intermediate_size": 56, "num_heads": 2, "patch_size": 6,
            "window_size": 24, "fullatt_block_indexes": [2],
        },
        "limits": {"min_pixels": 576, "max_pixels": 6400},
        "images": {"chart.png": (60, 84), "square.png": (40, 40)},
        "prompts": {
            "short-text": {"content": [text("Why?")]},
            "long-text": {
                "system": "You are a helpful assistant.",
                "content": [text("There are three circles and four squares.\n\nSo 3 + 4 = ? Größe, naïve, 漢字, 🙂: what is the sum?")],
            },
            "text-then-image": {"content": [text("Read the value off the chart: "), image("chart.png")]},
            "two-images": {"content": [image("square.png"), image("chart.png"), TEXT]},
        },
    },
}


def draw_image(seed: int, width: int, height: int) -> Image.Image:
    """Shapes on a gradient, so that every patch differs."""
    random = np.random.default_rng(seed)
    ramp = np.linspace(60, 200, width)[None, :, None] + np.linspace(-50, 50, height)[:, None, None] * np.array([1, -1, 0.3])
    picture = Image.fromarray(np.clip(ramp, 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(picture)
    for _ in range(6):
        x, y, radius = random.integers(width), random.integers(height), random.integers(4, 14)
        colour = tuple(int(value) for value in random.integers(0, 256, 3))
        (draw.ellipse if random.random() < 0.5 else draw.rectangle)((x - radius, y - radius, x + radius, y + radius), fill=colour)
    return picture


def save_again(folder: Path) -> None:
    """Replaces a checkpoint in the published layout by the one `transformers` itself writes."""
    model, processor = load_model(folder), load_processor(folder)
    shutil.rmtree(folder)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)


def make_case(name: str, case: dict) -> None:
    folder = FIXTURES / name
    save_checkpoint(folder / "checkpoint", case)
    if name == "windows":
        save_again(folder / "checkpoint")
    for index, (file, size) in enumerate(case["images"].items()):
        draw_image(case["seed"] + index, *size).save(folder / file, optimize=True)
    model, processor = load_model(folder / "checkpoint"), load_processor(folder / "checkpoint")
    prompts = []
    for prompt_name, prompt in case["prompts"].items():
        reference = compute_reference(model, processor, prompt, folder, NEW_TOKENS, LAST_POSITIONS)
        greedy = reference["greedy"]
        print(name, prompt_name, len(reference["tokenIds"]), "tokens ->", greedy)
        if greedy["smallestMargin"] < SMALLEST_MARGIN or len(set(greedy["tokenIds"])) < 5:
            raise SystemExit(f"{name}/{prompt_name}: greedy tokens too close or too uniform; change the seed {case['seed']}")
        prompts.append({"name": prompt_name, **prompt, "expected": reference})
    (folder / "expected.json").write_text(json.dumps({"maxNewTokens": NEW_TOKENS, "prompts": prompts}) + "\n")


def main() -> None:
    torch.set_num_threads(1)
    shutil.rmtree(FIXTURES, ignore_errors=True)
    for name, case in CASES.items():
        make_case(name, case)
    make_processing_fixtures(FIXTURES / "processing", FIXTURES / "one-image" / "checkpoint")


if __name__ == "__main__":
    main()
