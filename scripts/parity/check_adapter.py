"""Loads a LoRA adapter's folder in PEFT beside its base, and prints, as JSON, what they compute for a prompt.

    .venv/bin/python scripts/parity/check_adapter.py BASE ADAPTER --prompt TEXT [--image FILE ...] [--system TEXT]

Proves that an adapter saved by this project loads there: `missingWeights` and `unexpectedWeights` must be empty, and `greedy`
be what `rise generate --model BASE --adapter ADAPTER` answers.
"""

import argparse
import json
from pathlib import Path

from peft import PeftModel, get_peft_model_state_dict
from reference import compute_reference, load_model, load_processor
from safetensors import safe_open


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base", type=Path)
    parser.add_argument("adapter", type=Path)
    parser.add_argument("--prompt", required=True)
    parser.add_argument("--image", action="append", default=[], help="image file; before the text; repeatable")
    parser.add_argument("--system")
    parser.add_argument("--max-new-tokens", type=int, default=16)
    arguments = parser.parse_args()

    model = PeftModel.from_pretrained(load_model(arguments.base), arguments.adapter).eval()
    loaded = get_peft_model_state_dict(model).keys()
    with safe_open(arguments.adapter / "adapter_model.safetensors", "pt") as file:
        stored = set(file.keys())
    images = [{"type": "image", "file": file} for file in arguments.image]
    prompt = {"content": [*images, {"type": "text", "text": arguments.prompt}]}
    if arguments.system is not None:
        prompt["system"] = arguments.system
    processor = load_processor(arguments.base)
    reference = compute_reference(model.get_base_model(), processor, prompt, Path.cwd(), arguments.max_new_tokens, 1)
    print(json.dumps({
        "missingWeights": sorted(loaded - stored),
        "unexpectedWeights": sorted(stored - loaded),
        **reference,
    }))


if __name__ == "__main__":
    main()
