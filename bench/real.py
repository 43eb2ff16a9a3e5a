"""The `transformers` side of real.ts: loads a checkpoint and answers one prompt greedily, in a process of its own."""

import json
import resource
import sys
import time

import torch
from transformers import Qwen2_5_VLForConditionalGeneration, StoppingCriteria
from transformers.utils import logging

from pytorch_peer import load_images, model_inputs


class Clock(StoppingCriteria):
    """Notes when each token is there, and stops nothing."""

    def __init__(self):
        self.times = []

    def __call__(self, input_ids, scores, **_):
        self.times.append(time.perf_counter())
        return torch.zeros(input_ids.shape[0], dtype=torch.bool)


folder, images, prompt, precision, max_new_tokens, threads = sys.argv[1:7]
torch.set_num_threads(int(threads))
logging.disable_progress_bar()
started = time.perf_counter()
dtype = torch.bfloat16 if precision == "bf16" else torch.float32
model = Qwen2_5_VLForConditionalGeneration.from_pretrained(folder, dtype=dtype, attn_implementation="sdpa").eval()
loaded = time.perf_counter()
inputs = model_inputs(model, load_images(images), [json.loads(prompt)])
model.generation_config.eos_token_id = None
clock = Clock()
with torch.inference_mode():
    ids = model.generate(**inputs, do_sample=False, max_new_tokens=int(max_new_tokens), stopping_criteria=[clock])
first, last = clock.times[0], clock.times[-1]
print(json.dumps({
    "loadSeconds": loaded - started,
    "firstSeconds": first - started,
    "tokenSeconds": (last - first) / (len(clock.times) - 1),
    "peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    "tokenIds": ids[0, inputs["input_ids"].shape[1]:].tolist(),
}))
