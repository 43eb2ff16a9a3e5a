"""What `transformers` computes for a checkpoint folder: processed inputs, logits, greedy tokens."""

import base64
import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from transformers import AutoTokenizer, Qwen2_5_VLForConditionalGeneration, Qwen2_5_VLProcessor
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil
from transformers.models.qwen2_vl.video_processing_qwen2_vl import Qwen2VLVideoProcessor


def float32(array) -> dict:
    """An array as JSON: its shape and its little-endian float32 bytes in base64."""
    array = np.ascontiguousarray(array, dtype="<f4")
    return {"shape": list(array.shape), "float32": base64.b64encode(array.tobytes()).decode()}


def load_image(path: Path) -> Image.Image:
    """As `transformers.image_utils.load_image`: turned by EXIF, converted to RGB."""
    return ImageOps.exif_transpose(Image.open(path)).convert("RGB")


def load_processor(folder: Path) -> Qwen2_5_VLProcessor:
    """The folder's processor, with the Pillow image backend, which is the exact one."""
    template = folder / "chat_template.json"
    return Qwen2_5_VLProcessor(
        image_processor=Qwen2VLImageProcessorPil.from_pretrained(folder),
        tokenizer=AutoTokenizer.from_pretrained(folder),
        video_processor=Qwen2VLVideoProcessor(),
        chat_template=json.loads(template.read_text())["chat_template"]
        if template.exists()
        else (folder / "chat_template.jinja").read_text(),
    )


def load_model(folder: Path) -> Qwen2_5_VLForConditionalGeneration:
    return Qwen2_5_VLForConditionalGeneration.from_pretrained(
        folder, dtype=torch.float32, attn_implementation="eager"
    ).eval()


def chat_messages(prompt: dict) -> list[dict]:
    content = [{"type": part["type"], **({"text": part["text"]} if part["type"] == "text" else {})} for part in prompt["content"]]
    system = [{"role": "system", "content": prompt["system"]}] if "system" in prompt else []
    return [*system, {"role": "user", "content": content}]


def prepare(processor: Qwen2_5_VLProcessor, prompt: dict, images_folder: Path) -> tuple[str, dict]:
    """The rendered text and the model's inputs for `{system?, content: [{type, text} or {type, file}]}`."""
    text = processor.apply_chat_template(chat_messages(prompt), add_generation_prompt=True, tokenize=False)
    images = [load_image(images_folder / part["file"]) for part in prompt["content"] if part["type"] == "image"]
    return text, processor(text=[text], images=images or None, return_tensors="pt")


@torch.no_grad()
def compute_reference(model, processor, prompt: dict, images_folder: Path, new_tokens: int, last_positions: int) -> dict:
    text, inputs = prepare(processor, prompt, images_folder)
    logits = model(**inputs).logits[0]
    token_ids = inputs["input_ids"][0]
    next_logprobs = torch.log_softmax(logits[:-1].double(), -1).gather(1, token_ids[1:, None])[:, 0]
    output = model.generate(
        **inputs, max_new_tokens=new_tokens, do_sample=False, return_dict_in_generate=True, output_logits=True
    )
    new_ids = output.sequences[0, len(token_ids):]
    return {
        "text": text,
        "tokenIds": token_ids.tolist(),
        **vision_reference(model, inputs),
        "positionIds": position_ids(model, inputs),
        "lastLogits": float32(logits[-last_positions:]),
        "nextTokenLogprobs": float32(next_logprobs),
        "greedy": {
            "tokenIds": new_ids.tolist(),
            "text": processor.tokenizer.decode(new_ids, skip_special_tokens=True),
            "finishReason": "stop" if new_ids[-1].item() in model.generation_config.eos_token_id else "length",
            "smallestMargin": min(margin(step[0]) for step in output.logits),
        },
    }


def vision_reference(model, inputs: dict) -> dict:
    if "pixel_values" not in inputs:
        return {"imageGridThw": []}
    features = model.model.visual(inputs["pixel_values"], grid_thw=inputs["image_grid_thw"]).pooler_output
    return {"imageGridThw": inputs["image_grid_thw"].tolist(), "imageFeatures": float32(features)}


def position_ids(model, inputs: dict) -> list[list[int]]:
    """`[3, tokens]`: time, height and width."""
    if "image_grid_thw" not in inputs:
        return [list(range(inputs["input_ids"].shape[1]))] * 3
    positions, _ = model.model.get_rope_index(
        inputs["input_ids"], inputs["mm_token_type_ids"], inputs["image_grid_thw"], attention_mask=inputs["attention_mask"]
    )
    return positions[:, 0].tolist()


def margin(logits: torch.Tensor) -> float:
    """How far the greedy token leads: under float32 noise a smaller lead could go either way."""
    first, second = logits.topk(2).values.tolist()
    return first - second
