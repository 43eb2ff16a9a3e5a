"""Prints what verl's own data sets make of an export: SFT rows as trained on, RL rows as asked and scored."""

import hashlib
import json
import sys

from omegaconf import OmegaConf
from transformers import AutoProcessor, AutoTokenizer
from verl.utils.dataset.multiturn_sft_dataset import MultiTurnSFTDataset
from verl.utils.dataset.rl_dataset import RLHFDataset
from verl.utils.reward_score import default_compute_score, geo3k

model, sft_file, rl_file, scratch = sys.argv[1:]
tokenizer = AutoTokenizer.from_pretrained(model)
processor = AutoProcessor.from_pretrained(model)


def pixels_of(messages: list) -> list:
    parts = [part for message in messages if isinstance(message["content"], list) for part in message["content"]]
    images = [part["image"] for part in parts if part["type"] == "image"]
    return [hashlib.sha256(image.convert("RGB").tobytes()).hexdigest() for image in images]


def sft_rows() -> list:
    config = OmegaConf.create({"pad_mode": "no_padding", "max_length": 4096})
    data = MultiTurnSFTDataset(sft_file, tokenizer, config, processor)
    rows = [data[index] for index in range(len(data))]
    return [
        {
            "tokens": row["input_ids"].tolist(),
            "learned": [token if kept else -100 for token, kept in zip(row["input_ids"].tolist(), row["loss_mask"].tolist())],
        }
        for row in rows
    ]


def rl_rows() -> list:
    config = OmegaConf.create({"max_prompt_length": 2048, "cache_dir": scratch, "filter_overlong_prompts_workers": None})
    data = RLHFDataset(rl_file, tokenizer, config, processor)
    rows = [data[index] for index in range(len(data))]
    return [
        {
            "tokens": processor.apply_chat_template(
                row["raw_prompt"], add_generation_prompt=True, tokenize=True, return_dict=True, return_tensors="pt"
            )["input_ids"][0].tolist(),
            "images": pixels_of(row["raw_prompt"]),
            "id": row["extra_info"]["id"],
            "index": row["index"],
            "source": row["data_source"],
            "answer": row["reward_model"]["ground_truth"],
            "score": geo3k.compute_score("<think>3 + 4</think> \\boxed{7}", row["reward_model"]["ground_truth"]),
        }
        for row in rows
    ]


def refusal() -> str:
    try:
        default_compute_score("metis-rise", "", "7")
    except NotImplementedError as error:
        return str(error)
    return ""


print(json.dumps({"sft": sft_rows(), "rl": rl_rows(), "refusal": refusal()}))
