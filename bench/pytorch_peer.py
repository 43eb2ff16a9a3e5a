"""What the PyTorch sides of the benches share: the model, batches, and commands over standard input, a line of JSON each."""

import json
import sys
import time

import torch
from safetensors.torch import load_file
from transformers import Qwen2_5_VLForConditionalGeneration
from transformers.utils import logging

MATMUL_SIZE = 1024


def load_model(folder: str) -> Qwen2_5_VLForConditionalGeneration:
    """In float32, with PyTorch's own fused attention."""
    return Qwen2_5_VLForConditionalGeneration.from_pretrained(folder, dtype=torch.float32, attn_implementation="sdpa")


def load_images(file: str) -> dict[int, torch.Tensor]:
    """Processed pixels by image number, `[patches, patch length]` each."""
    return {int(name): pixels for name, pixels in load_file(file).items()}


def pad(rows: list[list[int]], value: int, left: bool = False) -> torch.Tensor:
    length = max(map(len, rows))
    fill = lambda row: [value] * (length - len(row))
    return torch.tensor([fill(row) + row if left else row + fill(row) for row in rows])


def model_inputs(model, images: dict[int, torch.Tensor], rows: list[dict], left: bool = False) -> dict[str, torch.Tensor]:
    """One padded batch of `{tokenIds, images: [{number, gridThw}]}`, as the model's own processor lays it out."""
    ids = pad([row["tokenIds"] for row in rows], 0, left)
    of_rows = [image for row in rows for image in row["images"]]
    return {
        "input_ids": ids,
        "attention_mask": pad([[1] * len(row["tokenIds"]) for row in rows], 0, left),
        "mm_token_type_ids": (ids == model.config.image_token_id).int(),
        "pixel_values": torch.cat([images[image["number"]] for image in of_rows]),
        "image_grid_thw": torch.tensor([image["gridThw"] for image in of_rows]),
    }


def capabilities(_: dict) -> dict:
    """Whether the processor multiplies in bfloat16; autocast runs without, many times slower."""
    return {"bf16": any(torch.cpu.get_capabilities().get(name) for name in ("amx_bf16", "avx512_bf16"))}


def autocast(precision: str) -> torch.autocast:
    """PyTorch's autocast to bfloat16, or for `float32` none."""
    return torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bf16")


def matmul(_: dict) -> dict:
    """GFLOP/s of a square float32 product: the best of several, which is what the machine can do."""
    a, b = torch.rand(2, MATMUL_SIZE, MATMUL_SIZE)
    seconds = min(timed(lambda: a @ b) for _ in range(20))
    return {"gigaflops": 2 * MATMUL_SIZE**3 / seconds / 1e9}


def timed(compute) -> float:
    started = time.perf_counter()
    compute()
    return time.perf_counter() - started


def serve(commands: dict) -> None:
    """Answers each line until standard input ends."""
    torch.set_num_threads(int(sys.argv[1]))
    logging.disable_progress_bar()
    for line in sys.stdin:
        options = json.loads(line)
        answer = {**commands, "capabilities": capabilities, "matmul": matmul}[options["command"]](options)
        print(json.dumps(answer), flush=True)
