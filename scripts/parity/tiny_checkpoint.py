"""Tiny random Qwen2.5-VL checkpoints in Hugging Face layout: config, tokenizer, chat template, weights."""

import json
import math
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import AddedToken, Regex, Tokenizer, decoders, normalizers, pre_tokenizers
from tokenizers.models import BPE
from tokenizers.trainers import BpeTrainer
from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

SPECIAL_TOKENS = [
    "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>",
]
PLAIN_ADDED_TOKENS = ["<tool_call>", "</tool_call>"]

CHAT_TEMPLATE = (
    "{% set image_count = namespace(value=0) %}{% set video_count = namespace(value=0) %}{% for message in messages %}"
    "{% if loop.first and message['role'] != 'system' %}<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n{% endif %}"
    "<|im_start|>{{ message['role'] }}\n"
    "{% if message['content'] is string %}{{ message['content'] }}<|im_end|>\n"
    "{% else %}{% for content in message['content'] %}"
    "{% if content['type'] == 'image' or 'image' in content or 'image_url' in content %}"
    "{% set image_count.value = image_count.value + 1 %}"
    "{% if add_vision_id %}Picture {{ image_count.value }}: {% endif %}<|vision_start|><|image_pad|><|vision_end|>"
    "{% elif content['type'] == 'video' or 'video' in content %}"
    "{% set video_count.value = video_count.value + 1 %}"
    "{% if add_vision_id %}Video {{ video_count.value }}: {% endif %}<|vision_start|><|video_pad|><|vision_end|>"
    "{% elif 'text' in content %}{{ content['text'] }}{% endif %}{% endfor %}<|im_end|>\n{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)

# What Qwen2's tokenizer splits text on before byte-level BPE.
PRETOKENIZE_REGEX = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)

CORPUS = [
    "system user assistant You are a helpful assistant. How many red circles are in the picture? The answer is 12.",
    "Look at the image and count the blue squares. Which bar is the tallest? Read the value off the chart.",
    "Think step by step, then answer. There are three circles and four squares, so the sum is seven.",
]


def train_tokenizer() -> Tokenizer:
    tokenizer = Tokenizer(BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(PRETOKENIZE_REGEX), behavior="isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(CORPUS, BpeTrainer(vocab_size=320, initial_alphabet=alphabet, show_progress=False))
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in SPECIAL_TOKENS])
    tokenizer.add_tokens([AddedToken(token, special=False, normalized=False) for token in PLAIN_ADDED_TOKENS])
    return tokenizer


def save_tokenizer(folder: Path) -> dict[str, int]:
    """Writes tokenizer.json, tokenizer_config.json and the chat template; returns the added tokens' ids."""
    tokenizer = train_tokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    ids = {token: tokenizer.token_to_id(token) for token in SPECIAL_TOKENS + PLAIN_ADDED_TOKENS}
    write_json(folder / "tokenizer_config.json", {
        "tokenizer_class": "Qwen2Tokenizer",
        "processor_class": "Qwen2_5_VLProcessor",
        "add_prefix_space": False,
        "added_tokens_decoder": {
            str(token_id): {
                "content": token, "lstrip": False, "normalized": False, "rstrip": False, "single_word": False,
                "special": token in SPECIAL_TOKENS,
            }
            for token, token_id in ids.items()
        },
        "additional_special_tokens": SPECIAL_TOKENS[1:],
        "bos_token": None,
        "clean_up_tokenization_spaces": False,
        "eos_token": "<|im_end|>",
        "errors": "replace",
        "model_max_length": 4096,
        "pad_token": "<|endoftext|>",
        "split_special_tokens": False,
        "unk_token": None,
    })
    write_json(folder / "chat_template.json", {"chat_template": CHAT_TEMPLATE})
    return ids


def model_config(ids: dict[str, int], text: dict, vision: dict, tied: bool) -> dict:
    """`config.json` as the published Qwen2.5-VL checkpoints write it: the language model's settings at the top."""
    return {
        "architectures": ["Qwen2_5_VLForConditionalGeneration"],
        "model_type": "qwen2_5_vl",
        "vocab_size": max(ids.values()) + 1,
        "bos_token_id": ids["<|endoftext|>"],
        "eos_token_id": ids["<|im_end|>"],
        "image_token_id": ids["<|image_pad|>"],
        "video_token_id": ids["<|video_pad|>"],
        "vision_start_token_id": ids["<|vision_start|>"],
        "vision_end_token_id": ids["<|vision_end|>"],
        "hidden_act": "silu",
        "max_position_embeddings": 4096,
        "rms_norm_eps": 1e-6,
        "rope_theta": 1000000.0,
        "tie_word_embeddings": tied,
        "use_sliding_window": False,
        "torch_dtype": "float32",
        **text,
        "vision_config": {
            "model_type": "qwen2_5_vl", "hidden_act": "silu", "in_chans": 3, "spatial_merge_size": 2,
            "temporal_patch_size": 2, "tokens_per_second": 2, "out_hidden_size": text["hidden_size"], **vision,
        },
    }


def save_checkpoint(folder: Path, case: dict) -> None:
    """Writes the whole checkpoint of a case: everything `transformers` needs to load it from the folder."""
    folder.mkdir(parents=True)
    ids = save_tokenizer(folder)
    write_json(folder / "config.json", model_config(ids, case["text"], case["vision"], case["tied"]))
    write_json(folder / "generation_config.json", {
        "bos_token_id": ids["<|endoftext|>"],
        "pad_token_id": ids["<|endoftext|>"],
        "eos_token_id": [ids["<|im_end|>"], ids["<|endoftext|>"]],
        "do_sample": False,
    })
    write_json(folder / "preprocessor_config.json", {
        "image_processor_type": "Qwen2VLImageProcessor",
        "processor_class": "Qwen2_5_VLProcessor",
        "patch_size": case["vision"]["patch_size"], "temporal_patch_size": 2, "merge_size": 2,
        "image_mean": [0.48145466, 0.4578275, 0.40821073], "image_std": [0.26862954, 0.26130258, 0.27577711],
        **case["limits"],
    })
    tensors = hub_names(random_weights(folder, case["seed"], case["gain"]))
    if case["shards"] == 1:
        save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    else:
        save_shards(folder, {name: tensor.to(torch.bfloat16) for name, tensor in tensors.items()}, case["shards"])


def random_weights(folder: Path, seed: int, gain: float) -> dict[str, torch.Tensor]:
    """Weights wide enough that logits and greedy tokens vary: linear maps of about `gain`, norms about one."""
    torch.manual_seed(seed)
    model = Qwen2_5_VLForConditionalGeneration(Qwen2_5_VLConfig.from_pretrained(folder))
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn_like(parameter)
            if name.endswith("bias"):
                parameter.copy_(0.2 * noise)
            elif parameter.dim() == 1:
                parameter.copy_(1 + 0.2 * noise)
            elif "embed_tokens" in name:
                # Small beside what the layers add, so that a tied head does not just repeat the last token.
                parameter.copy_(0.15 * noise)
            else:
                parameter.copy_(gain * noise / math.sqrt(parameter[0].numel()))
    return model.state_dict()


def hub_names(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """The names of the published checkpoints (`visual.*`, `model.layers.*`); a tied head is not stored."""
    embedding = state["model.language_model.embed_tokens.weight"]
    tied = state["lm_head.weight"].data_ptr() == embedding.data_ptr()
    renamed = {
        name.replace("model.visual.", "visual.").replace("model.language_model.", "model."): tensor.contiguous()
        for name, tensor in state.items()
    }
    return {name: tensor for name, tensor in renamed.items() if not (tied and name == "lm_head.weight")}


def save_shards(folder: Path, tensors: dict[str, torch.Tensor], count: int) -> None:
    names = sorted(tensors)
    files = {name: f"model-{index * count // len(names) + 1:05}-of-{count:05}.safetensors" for index, name in enumerate(names)}
    for file in sorted(set(files.values())):
        part = {name: tensors[name] for name in names if files[name] == file}
        save_file(part, folder / file, metadata={"format": "pt"})
    total_size = sum(tensor.numel() * tensor.element_size() for tensor in tensors.values())
    write_json(folder / "model.safetensors.index.json", {"metadata": {"total_size": total_size}, "weight_map": files})


def write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n")
