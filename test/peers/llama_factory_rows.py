"""Prints what LLaMA-Factory's own loader and template make of an export: each SFT row as trained on."""

import hashlib
import json
import sys

from llamafactory.data import get_dataset, get_template_and_fix_tokenizer
from llamafactory.hparams import get_train_args
from llamafactory.model import load_tokenizer
from PIL import Image

model, folder, scratch = sys.argv[1:]
model_args, data_args, training_args, _, _ = get_train_args(
    {
        "model_name_or_path": model,
        "stage": "sft",
        "do_train": True,
        "finetuning_type": "full",
        "dataset": "metis_rise",
        "dataset_dir": folder,
        "media_dir": folder,
        "template": "qwen2_vl",
        "cutoff_len": 4096,
        "image_min_pixels": 1,
        "output_dir": scratch,
        "cache_dir": scratch,
        "report_to": "none",
        "use_cpu": True,
        "preprocessing_num_workers": None,
        "remove_unused_columns": False,
    }
)
loaded = load_tokenizer(model_args)
tokenizer, processor = loaded["tokenizer"], loaded["processor"]
template = get_template_and_fix_tokenizer(tokenizer, data_args)
rows = get_dataset(template, model_args, data_args, training_args, stage="sft", tokenizer=tokenizer, processor=processor)[
    "train_dataset"
]
print(
    json.dumps(
        [
            {
                "tokens": row["input_ids"],
                "learned": row["labels"],
                "images": [
                    hashlib.sha256(Image.open(path).convert("RGB").tobytes()).hexdigest() for path in row["images"] or []
                ],
            }
            for row in rows
        ]
    )
)
