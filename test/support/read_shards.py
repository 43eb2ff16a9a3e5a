"""Reads folders of WebDataset tars with `webdataset` and with `datasets`; prints what each gives, as one JSON object."""

import glob
import hashlib
import json
import os
import sys
import tempfile

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_HOME"] = tempfile.mkdtemp()

import datasets
import webdataset

datasets.disable_progress_bars()


def row(sample: dict, bytes_of) -> dict:
    """One sample: its name, its JSON, and the sha256 of each image there is."""
    slots = sorted((name for name in sample if name.endswith(".png")), key=lambda name: int(name.split(".")[0]))
    images = [bytes_of(sample[slot]) for slot in slots]
    digests = [hashlib.sha256(image).hexdigest() for image in images if image is not None]
    return {"name": sample["__key__"], "json": sample["json"], "images": digests}


def by_webdataset(tars: list) -> list:
    pipeline = webdataset.WebDataset(tars, shardshuffle=False).decode()
    return [row(sample, lambda value: value) for sample in pipeline]


def by_datasets(tars: list) -> list:
    loaded = datasets.load_dataset("webdataset", data_files={"train": tars}, split="train")
    for name, feature in loaded.features.items():
        if isinstance(feature, datasets.Image):
            loaded = loaded.cast_column(name, datasets.Image(decode=False))
    return [row(sample, lambda value: value and value["bytes"]) for sample in loaded]


def read(folder: str) -> dict:
    tars = sorted(glob.glob(f"{folder}/*.tar"))
    return {"webdataset": by_webdataset(tars), "datasets": by_datasets(tars)}


print(json.dumps({folder: read(folder) for folder in sys.argv[1:]}))
