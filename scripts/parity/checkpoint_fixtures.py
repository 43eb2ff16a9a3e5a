"""Makes test/fixtures/checkpoints: what `transformers` and Pillow make of checkpoints and images as people have them.

    python -m venv .venv && .venv/bin/pip install transformers==5.23.0 torch==2.15.0 torchvision==0.29.2 pillow==13.0.0 jinja2==3.1.6
    .venv/bin/python scripts/parity/checkpoint_fixtures.py

Each case is models/rise-tiny with files replaced (`null` takes one away), and the result, or the name of Python's error.
"""

import base64
import copy
import io
import json
import shutil
import tempfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from image_files import image_files
from processing_fixtures import noisy_picture, pack, write_compact
from transformers import AutoTokenizer, Qwen2_5_VLForConditionalGeneration, Qwen2_5_VLProcessor
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

ROOT = Path(__file__).parents[2]
TINY = ROOT / "models" / "rise-tiny"
FIXTURES = ROOT / "test" / "fixtures" / "checkpoints"
QUESTION = "How many bars?"

TINY_JSON = {name: json.loads((TINY / name).read_text()) for name in ["config.json", "tokenizer_config.json", "preprocessor_config.json"]}
TINY_TEMPLATE = (TINY / "chat_template.jinja").read_text()


def changed(name: str, **changes) -> dict:
    """A JSON file of rise-tiny with fields replaced; `...` takes one away; a nested dictionary changes a nested one."""

    def apply(value: dict, changes: dict) -> dict:
        value = copy.deepcopy(value)
        for key, change in changes.items():
            if change is ...:
                value.pop(key, None)
            elif isinstance(change, dict) and isinstance(value.get(key), dict):
                value[key] = apply(value[key], change)
            else:
                value[key] = change
        return value

    return apply(TINY_JSON[name], changes)


def save(folder: Path, files: dict) -> Path:
    """rise-tiny without its weights, its files replaced: text as it is, anything else as JSON, None as no file."""
    folder.mkdir()
    for path in TINY.glob("*.json*"):
        shutil.copy(path, folder)
    shutil.copy(TINY / "chat_template.jinja", folder)
    for name, content in files.items():
        if content is None:
            (folder / name).unlink(missing_ok=True)
        else:
            (folder / name).write_bytes((content if isinstance(content, str) else json.dumps(content)).encode())
    return folder


def attempt(compute, files: dict) -> dict:
    with tempfile.TemporaryDirectory() as home:
        try:
            return compute(save(Path(home) / "checkpoint", files))
        except Exception as error:  # noqa: BLE001: the kind of error is the result
            return {"error": type(error).__name__}


# --- chat templates -----------------------------------------------------------------------------------------------------

NAMED = TINY_TEMPLATE.replace("<|im_start|>", "<|im_start|>named ")
OTHER = TINY_TEMPLATE.replace("<|im_start|>", "<|im_start|>other ")
LINES = """{%- for message in messages %}
<|im_start|>{{ message['role'] }}
    {% if message['content'] is string %}
{{ message['content'] }}
    {% else %}
        {%- for part in message['content'] %}
            {%- if part['type'] == 'image' %}<|vision_start|><|image_pad|><|vision_end|>{% else %}{{ part['text'] }}{% endif %}
        {% endfor %}
    {% endif %}
<|im_end|>
{% endfor %}
{% if add_generation_prompt %}
<|im_start|>assistant
{% endif %}
"""
TEXT_ONLY = "{% for message in messages %}{{ '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
PRINTED = TEXT_ONLY.replace("'\\n' + message.content + '<|im_end|>'", "'\\n' }}{{ message.content }}{{ '<|im_end|>'")
TRIMMED = TEXT_ONLY.replace("message.content +", "(message.content | trim) +")


def with_names(condition: str) -> str:
    return f"{{% if {condition} %}}yes{{% else %}}no{{% endif %}} " + TINY_TEMPLATE


TEMPLATE_CASES = {
    "as it is": {},
    "chat_template.json before chat_template.jinja": {"chat_template.json": {"chat_template": NAMED}},
    "processor_config.json before both": {"chat_template.json": {"chat_template": NAMED}, "processor_config.json": {"chat_template": OTHER}},
    "processor_config.json alone": {"chat_template.jinja": None, "processor_config.json": {"chat_template": OTHER}},
    "a processor_config.json without one": {"processor_config.json": {"processor_class": "Qwen2_5_VLProcessor"}},
    "a null in processor_config.json": {"processor_config.json": {"chat_template": None}},
    "a dictionary in chat_template.json": {"chat_template.json": {"chat_template": {"rag": OTHER, "default": NAMED}}},
    "a dictionary in processor_config.json": {"processor_config.json": {"chat_template": {"rag": OTHER, "default": NAMED}}},
    "chat_template.jinja before tokenizer_config.json": {"tokenizer_config.json": changed("tokenizer_config.json", chat_template=NAMED)},
    "CRLF": {"chat_template.jinja": LINES.replace("\n", "\r\n")},
    "LF": {"chat_template.jinja": LINES},
    "CR": {"chat_template.jinja": LINES.replace("\n", "\r")},
    "mixed line ends": {"chat_template.jinja": LINES.replace("\n", "\r\n", 5)},
    "CRLF in chat_template.json": {"chat_template.json": {"chat_template": LINES.replace("\n", "\r\n")}},
    "two line ends last": {"chat_template.jinja": LINES + "\n\n"},
    "CRLF inside a string": {"chat_template.jinja": TINY_TEMPLATE + "{{ 'a\r\nb' }}"},
    "a byte order mark": {"chat_template.jinja": "\ufeff" + TINY_TEMPLATE},
    "tools is not none": {"chat_template.jinja": with_names("tools is not none")},
    "tools is defined": {"chat_template.jinja": with_names("tools is defined")},
    "tools": {"chat_template.jinja": with_names("tools")},
    "not tools": {"chat_template.jinja": with_names("not tools")},
    "tools is none": {"chat_template.jinja": with_names("tools is none")},
    "documents is not none": {"chat_template.jinja": with_names("documents is not none")},
    "documents is defined": {"chat_template.jinja": with_names("documents is defined")},
    "a name nobody gives": {"chat_template.jinja": with_names("enable_thinking is defined")},
    "special tokens": {"chat_template.jinja": "{{ eos_token }}{{ pad_token }}|" + TINY_TEMPLATE},
    "text only": {"chat_template.jinja": TEXT_ONLY},
    "text only, printed": {"chat_template.jinja": PRINTED},
    "text only, trimmed": {"chat_template.jinja": TRIMMED},
}
# transformers' processor reads no template of tokenizer_config.json, its tokenizer does: the only ones we read are those.
TOKENIZER_TEMPLATE_CASES = {
    "a string": NAMED,
    "a list": [{"name": "tool_use", "template": OTHER}, {"name": "default", "template": NAMED}],
    "a list of one": [{"name": "default", "template": NAMED}],
    "text only": TEXT_ONLY,
}

TEXT = {"type": "text", "text": QUESTION}
CONVERSATIONS = {
    "text": [{"role": "user", "content": [TEXT]}],
    "string": [{"role": "user", "content": QUESTION}],
    "image": [{"role": "system", "content": "Be brief.\n"}, {"role": "user", "content": [{"type": "image"}, TEXT]}],
}


def render_with(owner):
    def render(messages: list) -> dict:
        try:
            return owner.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
        except Exception as error:  # noqa: BLE001
            return {"error": type(error).__name__}

    return {name: render(messages) for name, messages in CONVERSATIONS.items()}


def template_cases() -> list[dict]:
    processors = [
        {"name": name, "files": files, "rendered": attempt(lambda folder: render_with(Qwen2_5_VLProcessor.from_pretrained(folder)), files)}
        for name, files in TEMPLATE_CASES.items()
    ]
    tokenizers = []
    for name, template in TOKENIZER_TEMPLATE_CASES.items():
        files = {"chat_template.jinja": None, "tokenizer_config.json": changed("tokenizer_config.json", chat_template=template)}
        rendered = attempt(lambda folder: render_with(AutoTokenizer.from_pretrained(folder)), files)
        tokenizers.append({"name": f"tokenizer_config.json: {name}", "files": files, "rendered": rendered})
    return processors + tokenizers


# --- image settings -----------------------------------------------------------------------------------------------------


def settings(**changes) -> dict:
    """rise-tiny's preprocessor_config.json with patches of 4 pixels, so that few numbers show all."""
    small = {"patch_size": 4, "min_pixels": 64, "max_pixels": 4096}
    return changed("preprocessor_config.json", **{**small, **changes})


def sized(**changes) -> dict:
    return settings(min_pixels=..., max_pixels=..., **changes)


SMALL_EDGES = {"shortest_edge": 64, "longest_edge": 4096}
IMAGE_CASES = {
    "as it is": {"preprocessor_config.json": settings()},
    "nearest": {"preprocessor_config.json": settings(resample=0, max_pixels=600)},
    "Lanczos": {"preprocessor_config.json": settings(resample=1, max_pixels=600)},
    "bilinear": {"preprocessor_config.json": settings(resample=2, max_pixels=600)},
    "bicubic": {"preprocessor_config.json": settings(resample=3, max_pixels=600)},
    "box": {"preprocessor_config.json": settings(resample=4, max_pixels=600)},
    "Hamming": {"preprocessor_config.json": settings(resample=5, max_pixels=600)},
    "nearest, enlarged": {"preprocessor_config.json": settings(resample=0, min_pixels=3000)},
    "Lanczos, enlarged": {"preprocessor_config.json": settings(resample=1, min_pixels=3000)},
    "Hamming, enlarged": {"preprocessor_config.json": settings(resample=5, min_pixels=3000)},
    "no resample": {"preprocessor_config.json": settings(resample=..., max_pixels=600)},
    "null resample": {"preprocessor_config.json": settings(resample=None, max_pixels=600)},
    "no resize": {"preprocessor_config.json": settings(do_resize=False)},
    "no resize, over the limit": {"preprocessor_config.json": settings(do_resize=False, max_pixels=600)},
    "no resize, patches that do not fit": {"preprocessor_config.json": settings(do_resize=False, patch_size=14)},
    "no resize, merged patches that do not fit": {"preprocessor_config.json": settings(do_resize=False, patch_size=8)},
    "no rescale": {"preprocessor_config.json": settings(do_rescale=False)},
    "no normalize": {"preprocessor_config.json": settings(do_normalize=False)},
    "neither": {"preprocessor_config.json": settings(do_rescale=False, do_normalize=False)},
    "another factor": {"preprocessor_config.json": settings(rescale_factor=0.01)},
    "another mean": {"preprocessor_config.json": settings(image_mean=[0.5, 0.5, 0.5], image_std=[0.5, 0.25, 0.125])},
    "one mean for all": {"preprocessor_config.json": settings(image_mean=0.5, image_std=0.5)},
    "size by edges": {"preprocessor_config.json": sized(size={"shortest_edge": 64, "longest_edge": 600})},
    "size by pixels": {"preprocessor_config.json": sized(size={"min_pixels": 64, "max_pixels": 600})},
    "size by sides": {"preprocessor_config.json": sized(size={"height": 16, "width": 16})},
    "size as a number": {"preprocessor_config.json": sized(size=600)},
    "size by one edge": {"preprocessor_config.json": sized(size={"longest_edge": 600})},
    "size by the other edge": {"preprocessor_config.json": sized(size={"shortest_edge": 64})},
    "size by one edge, limit beside": {"preprocessor_config.json": settings(min_pixels=..., max_pixels=600, size={"shortest_edge": 64})},
    "size by pixels, both limits beside": {"preprocessor_config.json": settings(max_pixels=600, size={"min_pixels": 64, "max_pixels": 4096})},
    "size by sides, both limits beside": {"preprocessor_config.json": settings(max_pixels=600, size={"height": 16, "width": 16})},
    "size by edges, limits beside": {"preprocessor_config.json": settings(max_pixels=600, size=SMALL_EDGES)},
    "size by edges, null limits": {"preprocessor_config.json": settings(min_pixels=None, max_pixels=None, size={"shortest_edge": 64, "longest_edge": 600})},
    "null size": {"preprocessor_config.json": settings(size=None, max_pixels=600)},
    "no size and no limits": {"preprocessor_config.json": sized()},
    "one limit": {"preprocessor_config.json": settings(min_pixels=...)},
    "limits as floats": {"preprocessor_config.json": settings(min_pixels=64.0, max_pixels=600.0)},
    "both files": {"preprocessor_config.json": settings(), "processor_config.json": {"image_processor": settings(max_pixels=600)}},
    "processor_config.json alone": {"preprocessor_config.json": None, "processor_config.json": {"image_processor": settings(max_pixels=600)}},
    "processor_config.json without an image processor": {"preprocessor_config.json": settings(), "processor_config.json": {"processor_class": "x"}},
    "an empty image processor": {"preprocessor_config.json": settings(), "processor_config.json": {"image_processor": {}}},
    "neither file": {"preprocessor_config.json": None},
    "no RGB": {"preprocessor_config.json": settings(do_convert_rgb=False)},
    "a center crop": {"preprocessor_config.json": settings(do_center_crop=True, crop_size={"height": 16, "width": 16})},
    "padding": {"preprocessor_config.json": settings(do_pad=True)},
}


def image_cases(pixels: np.ndarray) -> list[dict]:
    def process(folder: Path) -> dict:
        output = Qwen2VLImageProcessorPil.from_pretrained(folder)(Image.fromarray(pixels), return_tensors="np")
        return {"imageGridThw": output["image_grid_thw"][0].tolist(), "pixelValues": pack(output["pixel_values"].astype("<f4"))}

    return [{"name": name, "files": files, **attempt(process, files)} for name, files in IMAGE_CASES.items()]


# --- generation ---------------------------------------------------------------------------------------------------------

NO_TEXT_END = {"text_config": {"eos_token_id": ...}}
GENERATION_CASES = {
    "generation_config.json": {},
    "config.json: text_config": {"generation_config.json": None},
    "config.json: a list": {"generation_config.json": None, "config.json": changed("config.json", text_config={"eos_token_id": [16, 402]})},
    "config.json: top level": {"generation_config.json": None, "config.json": changed("config.json", eos_token_id=402, **NO_TEXT_END)},
    "config.json: both, which differ": {"generation_config.json": None, "config.json": changed("config.json", eos_token_id=16)},
    "config.json: null above": {"generation_config.json": None, "config.json": changed("config.json", eos_token_id=None)},
    "a tokenizer that says otherwise": {"generation_config.json": None, "tokenizer_config.json": changed("tokenizer_config.json", eos_token="<|endoftext|>")},
    "no tokenizer_config.json": {"generation_config.json": None, "tokenizer_config.json": None},
    "penalty in config.json": {"generation_config.json": None, "config.json": changed("config.json", repetition_penalty=1.8)},
    "penalty in text_config": {"generation_config.json": None, "config.json": changed("config.json", text_config={"repetition_penalty": 1.8})},
    "penalty in both files": {"generation_config.json": {"eos_token_id": 402, "repetition_penalty": 1.2}, "config.json": changed("config.json", repetition_penalty=1.8)},
}


def generation_cases() -> list[dict]:
    def run(folder: Path) -> dict:
        shutil.copy(TINY / "model.safetensors", folder)
        model, token_ids = generate(folder)
        return {"eosTokenId": model.generation_config.eos_token_id, "tokenIds": token_ids}

    return [{"name": name, "files": files, **attempt(run, files)} for name, files in GENERATION_CASES.items()]


def generate(folder: Path):
    """Greedy tokens after the question, encoded by rise-tiny itself: the folder's own tokenizer is another case's affair."""
    model = Qwen2_5_VLForConditionalGeneration.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    processor = Qwen2_5_VLProcessor.from_pretrained(TINY)
    text = processor.apply_chat_template(CONVERSATIONS["text"], add_generation_prompt=True, tokenize=False)
    inputs = processor(text=[text], return_tensors="pt")
    output = model.generate(**inputs, max_new_tokens=12, do_sample=False)
    return model, output[0, inputs["input_ids"].shape[1]:].tolist()


# --- weights ------------------------------------------------------------------------------------------------------------


def swap_rows(table: torch.Tensor) -> torch.Tensor:
    order = torch.arange(table.shape[0])
    order[16], order[23] = 23, 16
    return table[order].contiguous()


def tie(top: bool, text: bool) -> dict:
    return changed("config.json", tie_word_embeddings=top, text_config={"tie_word_embeddings": text})


# The head in the file (none, equal to the embeddings, or with two rows swapped), without embeddings where it is the only one.
WEIGHT_CASES = {
    "tied at both levels, no head": (tie(True, True), "none"),
    "tied at the top level, no head": (tie(True, False), "none"),
    "tied in text_config, no head": (tie(False, True), "none"),
    "tied, an equal head": (tie(True, True), "equal"),
    "tied, another head": (tie(True, True), "swapped"),
    "tied in text_config, another head": (tie(False, True), "swapped"),
    "tied, only a head": (tie(True, True), "only"),
    "not tied, another head": (tie(False, False), "swapped"),
    "not tied, an equal head": (tie(False, False), "equal"),
    "no epsilon, small embeddings": (changed("config.json", text_config={"rms_norm_eps": ...}), "small"),
    "an epsilon of 1e-5, small embeddings": (changed("config.json", text_config={"rms_norm_eps": 1e-5}), "small"),
    "an epsilon of 1e-6, small embeddings": (changed("config.json", text_config={"rms_norm_eps": 1e-6}), "small"),
}


def change_head(weights: dict, kind: str) -> None:
    table = weights["model.embed_tokens.weight"]
    if kind == "equal":
        weights["lm_head.weight"] = table.clone()
    if kind == "swapped":
        weights["lm_head.weight"] = swap_rows(table)
    if kind == "only":
        weights["lm_head.weight"] = weights.pop("model.embed_tokens.weight")
    if kind == "small":
        weights["model.embed_tokens.weight"] = table * 0.01


def weight_cases() -> list[dict]:
    from safetensors.torch import load_file, save_file

    def with_head(kind: str):
        def run(folder: Path) -> dict:
            weights = load_file(TINY / "model.safetensors")
            change_head(weights, kind)
            save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
            return {"tokenIds": generate(folder)[1]}

        return run

    return [
        {"name": name, "head": kind, "files": {"config.json": config}, **attempt(with_head(kind), {"config.json": config})}
        for name, (config, kind) in WEIGHT_CASES.items()
    ]


# --- image files --------------------------------------------------------------------------------------------------------


def decode_cases() -> list[dict]:
    cases = []
    for name, content in image_files().items():
        image = ImageOps.exif_transpose(Image.open(io.BytesIO(content))).convert("RGB")
        cases.append({"name": name, "bytes": base64.b64encode(content).decode(), "size": image.size, "pixels": pack(np.asarray(image))})
    return cases


def main() -> None:
    shutil.rmtree(FIXTURES, ignore_errors=True)
    FIXTURES.mkdir(parents=True)
    pixels = noisy_picture(31, 40, 24)
    write_compact(FIXTURES / "templates.json", template_cases())
    write_compact(FIXTURES / "images.json", {"size": [40, 24], "pixels": pack(pixels), "cases": image_cases(pixels)})
    write_compact(FIXTURES / "generation.json", generation_cases())
    write_compact(FIXTURES / "weights.json", weight_cases())
    write_compact(FIXTURES / "decode.json", decode_cases())


if __name__ == "__main__":
    main()
