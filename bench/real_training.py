"""The `transformers` and `peft` side of real-training.ts: GRPO steps of an adapter in bf16, with gradient checkpointing."""

import json
import resource
import sys
import time

import torch
from peft import LoraConfig, get_peft_model
from transformers import Qwen2_5_VLForConditionalGeneration
from transformers.utils import logging

DUAL_CLIP = 3
CLIP_LOW, CLIP_HIGH = 0.2, 0.28


def peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def load(folder: str, precision: str):
    """As users of peft do: the base frozen, its blocks recomputed in the backward pass, adapters in float32."""
    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    model = Qwen2_5_VLForConditionalGeneration.from_pretrained(folder, dtype=dtype, attn_implementation="sdpa").train()
    targets = r".*language_model.*\.(q_proj|k_proj|v_proj|o_proj|gate_proj|up_proj|down_proj)"
    model = get_peft_model(model, LoraConfig(r=16, lora_alpha=32, target_modules=targets))
    model.enable_input_require_grads()
    model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    return model


def compute_loss(model, sequences: list[dict], token_count: int) -> torch.Tensor:
    """Token mean of the clipped loss; logits of completion tokens only."""
    ids = torch.tensor([each["promptIds"] + each["completionIds"] for each in sequences])
    first = len(sequences[0]["promptIds"])
    base = model.base_model.model
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=base.dtype == torch.bfloat16):
        hidden = base.model(input_ids=ids[:, :-1], use_cache=False).last_hidden_state
        logits = base.lm_head(hidden[:, first - 1 :])
    logprobs = -torch.nn.functional.cross_entropy(logits.flatten(0, 1), ids[:, first:].flatten(), reduction="none")
    sampling, advantages = (
        torch.tensor([each[name] for each in sequences]).flatten() for name in ("sampling", "advantages")
    )
    ratio = torch.exp(logprobs.float() - sampling)
    surrogate = torch.maximum(-advantages * ratio, -advantages * ratio.clamp(1 - CLIP_LOW, 1 + CLIP_HIGH))
    bounded = torch.where(advantages < 0, torch.minimum(surrogate, -DUAL_CLIP * advantages), surrogate)
    return bounded.sum() / token_count


options = json.loads(sys.argv[2])
torch.set_num_threads(int(sys.argv[1]))
logging.disable_progress_bar()
started = time.perf_counter()
model = load(options["folder"], options["precision"])
load_seconds = time.perf_counter() - started
weights = [weight for weight in model.parameters() if weight.requires_grad]
optimizer = torch.optim.AdamW(weights, lr=1e-5, betas=(0.9, 0.95), weight_decay=0)
sequences, size = options["sequences"], options["microBatchSequences"]
token_count = sum(len(each["completionIds"]) for each in sequences)
losses, step_seconds = [], []
for _ in range(options["steps"]):
    began = time.perf_counter()
    optimizer.zero_grad()
    loss = 0.0
    for first in range(0, len(sequences), size):
        part = compute_loss(model, sequences[first : first + size], token_count)
        part.backward()
        loss += part.item()
    torch.nn.utils.clip_grad_norm_(weights, 1.0)
    optimizer.step()
    losses.append(loss)
    step_seconds.append(time.perf_counter() - began)
print(json.dumps({
    "loadSeconds": load_seconds,
    "stepSeconds": step_seconds,
    "losses": losses,
    "peakBytes": peak_bytes(),
}))
