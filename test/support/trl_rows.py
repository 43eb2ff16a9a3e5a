"""Prints what TRL makes of an export: its SFTTrainer's tokens, loss and pixels of each row, and the prompts of GRPO."""

import hashlib
import json
import sys

import datasets
import trl
from transformers import AutoProcessor
from trl.data_utils import prepare_multimodal_messages

datasets.disable_progress_bars()


def sft_rows(model: str, file: str, scratch: str) -> list:
    rows = datasets.load_dataset("parquet", data_files=file, split="train", cache_dir=scratch)
    arguments = trl.SFTConfig(
        output_dir=scratch, max_length=None, per_device_train_batch_size=1, report_to=[], use_cpu=True, bf16=False,
        gradient_checkpointing=False, dataloader_pin_memory=False,
    )
    trainer = trl.SFTTrainer(model, args=arguments, train_dataset=rows)
    batches = [trainer.data_collator([row]) for row in trainer.train_dataset]
    return [
        {
            "tokens": batch["input_ids"][0].tolist(),
            "learned": batch["labels"][0].tolist(),
            "images": pixels_of(row),
            "id": row["id"],
        }
        for batch, row in zip(batches, rows)
    ]


def rl_rows(model: str, file: str, scratch: str) -> list:
    processor = AutoProcessor.from_pretrained(model)
    rows = datasets.load_dataset("parquet", data_files=file, split="train", cache_dir=scratch)
    return [
        {
            "tokens": processor.apply_chat_template(
                prepare_multimodal_messages(row["prompt"], images=row["images"]),
                add_generation_prompt=True, tokenize=True, return_dict=True,
            )["input_ids"][0],
            "images": pixels_of(row),
            "id": row["id"],
            "answer": row["solution"],
        }
        for row in rows
    ]


def pixels_of(row: dict) -> list:
    return [hashlib.sha256(image.convert("RGB").tobytes()).hexdigest() for image in row["images"]]


model, sft_file, rl_file, scratch = sys.argv[1:]
print(json.dumps({"sft": sft_rows(model, sft_file, scratch), "rl": rl_rows(model, rl_file, scratch)}))
