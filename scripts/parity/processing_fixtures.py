"""Fixtures of text and image processing: Pillow's resizing, the image processor, the tokenizer, the chat template."""

import base64
import gzip
import json
from pathlib import Path

import numpy as np
from PIL import Image
from reference import chat_messages, load_image, load_processor
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil, smart_resize

TEXTS = [
    "How many red circles are in the picture?",
    "  two leading spaces, trailing tab\t\n\n\nand\r\nbreaks   ",
    "0123456789 3.14159 1,000,000 -7 ½ ² ٣",
    "don't we'll I'VE it'S",
    "Größe naïve cafe\u0301 Å ﬁ 漢字かな 한국어 مرحبا Привет",
    "🙂👩‍👩‍👧‍👦 \u200b zero width, \u00a0 no-break, nul \x00 end",
    "<|im_start|>user\nhi<|im_end|>\n<|vision_start|><|image_pad|><|vision_end|><tool_call>x</tool_call>",
    "<|im_start |> < |image_pad|> <|unknown|>",
    "\\frac{1}{2} + \\sqrt{x^2} = \\boxed{5}$",
    "",
]

RESIZES = [  # width, height -> width, height
    ((61, 47), (28, 28)), ((61, 47), (112, 84)), ((40, 90), (40, 28)), ((40, 90), (84, 90)), ((200, 3), (28, 28)), ((2, 1), (28, 56)),
    ((12, 20), (16, 16)), ((30, 45), (27, 38)), ((30, 45), (27, 39)),
]

# Width, height, patch size and limits: up and down, rounding halves, tiny, thin, the size form of the limits.
IMAGE_PROCESSOR_CASES = [
    ((61, 47), {"patch_size": 4, "min_pixels": 64, "max_pixels": 4096}),
    ((20, 28), {"patch_size": 4, "min_pixels": 64, "max_pixels": 4096}),
    ((12, 20), {"patch_size": 4, "min_pixels": 64, "max_pixels": 4096}),
    ((5, 3), {"patch_size": 4, "size": {"shortest_edge": 1024, "longest_edge": 4096}}),
    ((90, 130), {"patch_size": 4, "size": {"shortest_edge": 64, "longest_edge": 1600}}),
    ((300, 2), {"patch_size": 4, "min_pixels": 64, "max_pixels": 1024}),
    ((30, 31), {}),
]

SMART_RESIZES = [  # height, width, factor, min pixels, max pixels
    (height, width, factor, least, most)
    for height, width in [(1, 1), (14, 14), (27, 29), (42, 70), (98, 126), (480, 640), (1080, 1920), (3000, 17), (4032, 3024), (199, 1), (1, 200)]
    for factor, least, most in [(28, 3136, 1003520), (28, 3136, 12845056), (28, 256 * 784, 1280 * 784), (8, 64, 4096)]
]


def pack(array: np.ndarray) -> str:
    return base64.b64encode(gzip.compress(np.ascontiguousarray(array).tobytes(), mtime=0)).decode()


def noisy_picture(seed: int, width: int, height: int, channels: int = 3) -> np.ndarray:
    """Hard edges and noise over a gradient: overshoot, rounding and clipping all show."""
    random = np.random.default_rng(seed)
    base = np.add.outer(np.arange(height) * 3.1, np.arange(width) * 1.7)[..., None] + np.arange(channels) * 40
    noise = random.integers(-60, 60, (height, width, channels))
    edges = ((np.arange(width)[None, :, None] // 5 + np.arange(height)[:, None, None] // 7) % 2) * 150
    return np.clip(base % 200 + noise * 0.5 + edges, 0, 255).astype(np.uint8)


def make_processing_fixtures(folder: Path, checkpoint: Path) -> None:
    folder.mkdir(parents=True)
    write_compact(folder / "resize.json", [resize_case(index, *sizes) for index, sizes in enumerate(RESIZES)])
    write_compact(folder / "smart-resize.json", [
        {"height": case[0], "width": case[1], "factor": case[2], "minPixels": case[3], "maxPixels": case[4],
         "resized": list(smart_resize(*case))}
        for case in SMART_RESIZES
    ])
    write_compact(folder / "image-processor.json", [
        image_processor_case(index, *case) for index, case in enumerate(IMAGE_PROCESSOR_CASES)
    ])
    write_compact(folder / "decode.json", decode_cases(folder))
    write_compact(folder / "text.json", text_cases(checkpoint))


def resize_case(seed: int, size: tuple[int, int], target: tuple[int, int]) -> dict:
    pixels = noisy_picture(seed, *size)
    resized = np.asarray(Image.fromarray(pixels).resize(target, Image.Resampling.BICUBIC))
    return {"size": size, "target": target, "pixels": pack(pixels), "resized": pack(resized)}


def image_processor_case(seed: int, size: tuple[int, int], config: dict) -> dict:
    pixels = noisy_picture(100 + seed, *size)
    output = Qwen2VLImageProcessorPil(**config)(Image.fromarray(pixels), return_tensors="np")
    return {
        "size": size, "config": config, "pixels": pack(pixels), "imageGridThw": output["image_grid_thw"][0].tolist(),
        "shape": list(output["pixel_values"].shape), "pixelValues": pack(output["pixel_values"].astype("<f4")),
    }


def decode_cases(folder: Path) -> list[dict]:
    """Files in every colour form a data set holds, with the RGB pixels that `transformers` sees."""
    rgb = noisy_picture(7, 23, 17)
    alpha = np.dstack([rgb, noisy_picture(8, 23, 17, 1)])
    smooth = Image.fromarray(rgb).resize((6, 5)).resize((46, 34), Image.Resampling.BICUBIC)
    orientation = Image.Exif()
    orientation[0x0112] = 6
    files = {
        "rgb.png": (Image.fromarray(rgb), {}),
        "alpha.png": (Image.fromarray(alpha), {}),
        "gray.png": (Image.fromarray(rgb[..., 0]), {}),
        "gray-alpha.png": (Image.fromarray(alpha[..., 2:], mode="LA"), {}),
        "palette.png": (Image.fromarray(rgb).quantize(16), {}),
        "palette-transparent.png": (Image.fromarray(rgb).quantize(16), {"transparency": 3}),
        "bilevel.png": (Image.fromarray(rgb[..., 0]).convert("1"), {}),
        "turned.png": (Image.fromarray(rgb), {"exif": orientation}),
        "photo.jpg": (smooth, {"quality": 90}),
        "turned.jpg": (smooth, {"quality": 90, "exif": orientation}),
        "gray.jpg": (smooth.convert("L"), {"quality": 90}),
        "lossless.webp": (Image.fromarray(rgb), {"lossless": True}),
        "still.gif": (Image.fromarray(rgb).quantize(16), {}),
    }
    for name, (picture, options) in files.items():
        picture.save(folder / name, **options)
    decoded = {name: np.asarray(load_image(folder / name)) for name in files}
    return [{"file": name, "size": [array.shape[1], array.shape[0]], "pixels": pack(array)} for name, array in decoded.items()]


def text_cases(checkpoint: Path) -> dict:
    processor = load_processor(checkpoint)
    tokenizer = processor.tokenizer
    conversations = [
        {"content": [{"type": "text", "text": "Why?"}]},
        {"system": "Answer in <answer> tags.\n", "content": [{"type": "text", "text": "  Why?\n"}]},
        {"content": [{"type": "image"}, {"type": "text", "text": "Count."}]},
        {"system": "", "content": [{"type": "text", "text": "First "}, {"type": "image"}, {"type": "image"}, {"type": "text", "text": "then?"}]},
    ]
    random = np.random.default_rng(5)
    sequences = [random.integers(0, len(tokenizer), 24).tolist() for _ in range(8)]
    return {
        "encode": [{"text": text, "tokenIds": tokenizer(text, add_special_tokens=False)["input_ids"]} for text in TEXTS],
        "decode": [
            {"tokenIds": ids, "text": tokenizer.decode(ids), "plainText": tokenizer.decode(ids, skip_special_tokens=True)}
            for ids in sequences
        ],
        "chat": [
            {**conversation, "rendered": processor.apply_chat_template(
                chat_messages(conversation), add_generation_prompt=True, tokenize=False)}
            for conversation in conversations
        ],
    }


def write_compact(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False) + "\n")
