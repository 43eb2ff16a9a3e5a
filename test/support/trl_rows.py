"""Prints what TRL's own SFTTrainer makes of an export: each row's tokens, which of them carry loss, and its pixels."""

import hashlib
import json
import sys

import datasets
import trl

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
            "images": [hashlib.sha256(image.convert("RGB").tobytes()).hexdigest() for image in row["images"]],
        }
        for batch, row in zip(batches, rows)
    ]


print(json.dumps(sft_rows(*sys.argv[2:])))
