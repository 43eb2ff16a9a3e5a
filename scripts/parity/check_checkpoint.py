"""Loads a checkpoint folder in `transformers` and prints, as JSON, what it computes for a prompt.

    .venv/bin/python scripts/parity/check_checkpoint.py FOLDER --prompt TEXT [--image FILE ...] [--system TEXT]

Proves that a checkpoint saved by this project loads there: `missingWeights` and `unexpectedWeights` must be empty.
"""

import argparse
import json
from pathlib import Path

import torch
from reference import compute_reference, load_processor
from transformers import Qwen2_5_VLForConditionalGeneration


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--prompt", required=True)
    parser.add_argument("--image", action="append", default=[], help="image file; before the text; repeatable")
    parser.add_argument("--system")
    parser.add_argument("--max-new-tokens", type=int, default=16)
    parser.add_argument("--last-positions", type=int, default=1)
    arguments = parser.parse_args()

    model, loading = Qwen2_5_VLForConditionalGeneration.from_pretrained(
        arguments.folder, dtype=torch.float32, attn_implementation="eager", output_loading_info=True
    )
    images = [{"type": "image", "file": file} for file in arguments.image]
    prompt = {"content": [*images, {"type": "text", "text": arguments.prompt}]}
    if arguments.system is not None:
        prompt["system"] = arguments.system
    reference = compute_reference(
        model.eval(), load_processor(arguments.folder), prompt, Path.cwd(), arguments.max_new_tokens, arguments.last_positions
    )
    print(json.dumps({
        "missingWeights": sorted(loading["missing_keys"]),
        "unexpectedWeights": sorted(loading["unexpected_keys"]),
        **reference,
    }))


if __name__ == "__main__":
    main()
