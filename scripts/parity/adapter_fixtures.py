"""Makes test/fixtures/adapters: LoRA adapters as PEFT saves them, and what PEFT and torch compute with them.

    python -m venv .venv && .venv/bin/pip install peft==0.21.2 transformers==5.23.0 torch==2.15.0 torchvision==0.29.2 pillow==13.0.0
    .venv/bin/python scripts/parity/adapter_fixtures.py

Each stands beside a checkpoint of test/fixtures/parity, which make_fixtures.py has written. Of the first, two steps of SFT and
of GRPO (its token loss and the k3 penalty to the base, as src/algorithms has them) by torch's autograd and SGD.
"""

import json
import shutil
from pathlib import Path

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from reference import compute_reference, load_model, load_processor, prepare
from safetensors.torch import load_file, save_file
from tiny_checkpoint import write_json

PARITY = Path(__file__).parents[2] / "test" / "fixtures" / "parity"
FIXTURES = PARITY.parent / "adapters"
NEW_TOKENS = 16
SMALLEST_MARGIN = 2e-3
LEARNING_RATE, MOMENTUM, MAX_NORM, STEPS = 0.05, 0.9, 1.0, 2
CLIP_LOW, CLIP_HIGH, DUAL_CLIP, KL = 0.2, 0.28, 3.0, 0.1

CASES = {
    # Both towers and the merger.
    "all-linear": {"base": "one-image", "lora": {"target_modules": "all-linear", "r": 2, "lora_alpha": 6}},
    # Ranks and alphas of their own, and the scale of rsLoRA.
    "patterns": {
        "base": "windows",
        "lora": {
            "target_modules": ["q_proj", "v_proj", "mlp.down_proj"], "r": 4, "lora_alpha": 4, "use_rslora": True,
            "rank_pattern": {"layers.1.self_attn.q_proj": 6, "down_proj": 3}, "alpha_pattern": {"v_proj": 5},
        },
    },
    # The decoder of a base in bfloat16; names as before transformers 4.52.
    "old-names": {
        "base": "mixed", "oldNames": True,
        "lora": {"target_modules": r".*language_model.*\.(self_attn\.[qkvo]_proj|mlp\.(gate|up|down)_proj)", "r": 3, "lora_alpha": 6},
    },
}


def add_adapter(base: Path, settings: dict, seed: int) -> PeftModel:
    """An adapter that has learned something: A and B random."""
    torch.manual_seed(seed)
    model = get_peft_model(load_model(base), LoraConfig(**settings))
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                parameter.copy_(0.3 * torch.randn_like(parameter) / parameter.shape[1] ** 0.5)
    return model.eval()


def save(model: PeftModel, folder: Path) -> None:
    """As PEFT saves it, but for what says where and in which order."""
    model.save_pretrained(folder)
    (folder / "README.md").unlink()
    config = json.loads((folder / "adapter_config.json").read_text())
    config["base_model_name_or_path"] = None
    if isinstance(config["target_modules"], list):
        config["target_modules"].sort()
    write_json(folder / "adapter_config.json", config)


def use_old_names(file: Path) -> None:
    tensors = load_file(file)
    renamed = {
        name.replace("model.model.language_model.", "model.model.").replace("model.model.visual.", "model.visual."): tensor
        for name, tensor in tensors.items()
    }
    save_file(renamed, file, metadata={"format": "pt"})


def score(model, processor, folder: Path, prompt: dict, completion: list[int]) -> torch.Tensor:
    """Log-probabilities of the completion's tokens."""
    _, inputs = prepare(processor, prompt, folder)
    count = inputs["input_ids"].shape[1]
    inputs["input_ids"] = torch.cat([inputs["input_ids"], torch.tensor([completion])], 1)
    inputs["attention_mask"] = torch.ones_like(inputs["input_ids"])
    types = inputs["mm_token_type_ids"]
    inputs["mm_token_type_ids"] = torch.cat([types, torch.zeros((1, len(completion)), dtype=types.dtype)], 1)
    logits = model(**inputs).logits[0, count - 1 : -1]
    return torch.log_softmax(logits, -1).gather(1, torch.tensor(completion)[:, None])[:, 0]


def grpo_loss(policy, sampling, advantages, reference):
    ratio = torch.exp((policy - sampling).clamp(-20, 20))
    loss = torch.maximum(-advantages * ratio, -advantages * ratio.clamp(1 - CLIP_LOW, 1 + CLIP_HIGH))
    loss = torch.where(advantages < 0, torch.minimum(loss, -DUAL_CLIP * advantages), loss)
    difference = (reference - policy).clamp(-20, 20)
    return loss + KL * (difference.exp() - difference - 1)


def take_steps(model: PeftModel, compute_loss) -> list[dict]:
    parameters = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.SGD(parameters, lr=LEARNING_RATE, momentum=MOMENTUM)
    steps = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss = compute_loss()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(parameters, MAX_NORM)
        optimizer.step()
        steps.append({"loss": loss.item(), "gradNorm": norm.item()})
    return steps


def train(name: str, base: Path, folder: Path, prompts: list[dict]) -> dict:
    """What two steps of SFT and of GRPO do; their adapters go to `sft` and `grpo` beside it."""
    processor = load_processor(base / "checkpoint")
    completions = [prompt["expected"]["greedy"]["tokenIds"] for prompt in prompts]
    count = sum(map(len, completions))
    torch.manual_seed(5)
    noise = [0.3 * torch.randn(len(completion)) for completion in completions]
    advantages = [1.0, -0.75]
    results = {}
    for kind in ["sft", "grpo"]:
        model = PeftModel.from_pretrained(load_model(base / "checkpoint"), folder, is_trainable=True).eval()

        def score_all():
            pairs = zip(prompts, completions)
            return [score(model, processor, base, prompt, completion) for prompt, completion in pairs]

        with torch.no_grad():
            sampling = [logprobs + extra for logprobs, extra in zip(score_all(), noise)]
            with model.disable_adapter():
                reference = score_all()

        def compute_loss():
            policy = score_all()
            if kind == "sft":
                return -sum(logprobs.sum() for logprobs in policy) / count
            told = zip(policy, sampling, advantages, reference)
            return sum(grpo_loss(p, s, torch.full_like(p, a), r).sum() for p, s, a, r in told) / count

        results[kind] = {"steps": take_steps(model, compute_loss)}
        if kind == "grpo":
            results[kind] |= {"sampling": [values.tolist() for values in sampling], "advantages": advantages}
        save(model, folder / kind)
    return results


def make_case(name: str, case: dict, seed: int) -> None:
    base, folder = PARITY / case["base"], FIXTURES / name
    prompts = json.loads((base / "expected.json").read_text())["prompts"][-2:]
    model, processor = add_adapter(base / "checkpoint", case["lora"], seed), load_processor(base / "checkpoint")
    save(model, folder)
    for prompt in prompts:
        reference = compute_reference(model.get_base_model(), processor, prompt, base, NEW_TOKENS, 1)
        prompt["expected"] = {key: reference[key] for key in ["lastLogits", "nextTokenLogprobs", "greedy"]}
        greedy = prompt["expected"]["greedy"]
        print(name, prompt["name"], greedy)
        if greedy["smallestMargin"] < SMALLEST_MARGIN:
            raise SystemExit(f"{name}/{prompt['name']}: greedy tokens too close; change the seed {seed}")
    training = train(name, base, folder, prompts) if name == "all-linear" else {}
    if case.get("oldNames"):
        use_old_names(folder / "adapter_model.safetensors")
    merged = model.merge_and_unload()
    for prompt in prompts:
        reference = compute_reference(merged, processor, prompt, base, 1, 1)
        prompt["merged"] = {"lastLogits": reference["lastLogits"]}
    expected = {"base": case["base"], "maxNewTokens": NEW_TOKENS, "prompts": prompts, **training}
    (folder / "expected.json").write_text(json.dumps(expected) + "\n")


def main() -> None:
    torch.set_num_threads(1)
    shutil.rmtree(FIXTURES, ignore_errors=True)
    for seed, (name, case) in enumerate(CASES.items()):
        make_case(name, case, 41 + seed)


if __name__ == "__main__":
    main()
