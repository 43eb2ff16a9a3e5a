#!/usr/bin/env bash
# Guess: ms-swift resizes images as the checkpoint's preprocessor_config.json says, as transformers and vLLM do.
# What happens: its templates for Qwen2-VL and Qwen2.5-VL resize by MIN_PIXELS and MAX_PIXELS of the environment and then
#   tell the checkpoint's processor not to. Without those variables every checkpoint has 3,136 and 12,845,056 pixels:
#   one that says min_pixels 12,544 gets a picture of 56 x 56 as 4 x 4 patches, where transformers makes 8 x 8; one that
#   says max_pixels 50,176 gets 448 x 448 as 32 x 32 patches, where transformers makes 16 x 16.
# Versions: ms-swift 4.6.0, qwen-vl-utils 0.0.14, torch 2.15.0, torchvision 0.29.2, Python 3.11. 2026-11-29.
# Why it matters: whoever lowers max_pixels in the checkpoint to save memory pays four times the image tokens, and the model
#   is trained at one resolution and, by its own config, served at another. The log names its own limits, in tokens, and not
#   that the checkpoint has others.
# What to do: set MIN_PIXELS and MAX_PIXELS to what preprocessor_config.json says (shown last).
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 -m venv "$dir/venv"
"$dir/venv/bin/pip" install -q ms-swift==4.6.0 qwen-vl-utils==0.0.14 torch==2.15.0 torchvision==0.29.2 transformers==5.19.0
export HF_HUB_OFFLINE=1 CUDA_VISIBLE_DEVICES= MODELSCOPE_CACHE="$dir/cache"
cd "$dir"
cat > make.py <<'PY'
"""A Qwen2.5-VL folder with a processor and no weights: a tokenizer of single bytes, and limits of its own."""
import json
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast, Qwen2_5_VLConfig

specials = ['<|endoftext|>', '<|im_start|>', '<|im_end|>', '<|vision_start|>', '<|vision_end|>', '<|image_pad|>', '<|video_pad|>']
alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
tokenizer = Tokenizer(models.BPE(vocab={letter: at for at, letter in enumerate(alphabet)}, merges=[]))
tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
tokenizer.decoder = decoders.ByteLevel()
tokenizer.add_special_tokens([AddedToken(special, special=True) for special in specials])
fast = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token='<|im_end|>', pad_token='<|endoftext|>')
fast.save_pretrained('model')
with open('model/tokenizer_config.json') as file:
    settings = json.load(file)
with open('model/tokenizer_config.json', 'w') as file:
    json.dump({**settings, 'tokenizer_class': 'Qwen2Tokenizer', 'processor_class': 'Qwen2_5_VLProcessor'}, file)
config = Qwen2_5_VLConfig(image_token_id=fast.convert_tokens_to_ids('<|image_pad|>')).to_dict()
with open('model/config.json', 'w') as file:
    json.dump({**config, 'architectures': ['Qwen2_5_VLForConditionalGeneration']}, file)
with open('model/preprocessor_config.json', 'w') as file:
    limits = {'min_pixels': 12544, 'max_pixels': 50176}
    json.dump({'image_processor_type': 'Qwen2VLImageProcessor', 'processor_class': 'Qwen2_5_VLProcessor', **limits}, file)
PY
cat > look.py <<'PY'
import sys
from PIL import Image
from swift.model import get_processor
from swift.template import get_template

processor = get_processor('model', model_type='qwen2_5_vl')
template = get_template(processor, template_type='qwen2_5_vl')
template.set_mode('train')


def grid_of_swift(size):
    messages = [{'role': 'user', 'content': '<image>What?'}, {'role': 'assistant', 'content': 'This.'}]
    encoded = template.encode({'messages': messages, 'images': [Image.new('RGB', (size, size))]})
    return encoded['image_grid_thw'][0].tolist()


def grid_of_transformers(size):
    return processor.image_processor(images=[Image.new('RGB', (size, size))], return_tensors='pt')['image_grid_thw'][0].tolist()


expected = {'without': [[1, 4, 4], [1, 32, 32]], 'with': [[1, 8, 8], [1, 16, 16]]}[sys.argv[1]]
for size, grid in zip((56, 448), expected):
    seen, own = grid_of_swift(size), grid_of_transformers(size)
    print(f'{size} x {size}, {sys.argv[1]} MIN_PIXELS and MAX_PIXELS: ms-swift {seen}, transformers {own}')
    if seen != grid or own != {56: [1, 8, 8], 448: [1, 16, 16]}[size]:
        sys.exit(f'The behaviour changed: ms-swift made {grid} of {size} x {size}.')
PY
venv/bin/python make.py
venv/bin/python look.py without 2> errors.txt || { tail -20 errors.txt; exit 1; }
MIN_PIXELS=12544 MAX_PIXELS=50176 venv/bin/python look.py with 2> errors.txt || { tail -20 errors.txt; exit 1; }
