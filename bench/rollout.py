"""The PyTorch side of rollout.ts: `transformers.generate` at temperature 1, every sequence in one left-padded batch."""

import torch
from pytorch_peer import autocast, load_images, load_model, model_inputs, serve, timed


class Sampler:
    """Holds one model and its prompts, one row for each sequence to sample."""

    def load(self, options: dict) -> dict:
        self.model = load_model(options["model"]).eval()
        self.inputs = model_inputs(self.model, load_images(options["images"]), options["prompts"], left=True)
        self.precision = options["precision"]
        self.stop_ids = options["stopTokenIds"]
        self.max_new_tokens = options["maxNewTokens"]
        return {}

    def generate(self, options: dict) -> dict:
        """Counts each completion up to its stop token, which is counted too."""
        torch.manual_seed(options["seed"])
        outputs = []
        seconds = timed(lambda: outputs.append(self.sample()))
        completions = outputs[0][:, self.inputs["input_ids"].shape[1]:]
        is_stop = torch.isin(completions, torch.tensor(self.stop_ids))
        before_stop = (is_stop.cumsum(1) - is_stop.int()) == 0
        return {"seconds": seconds, "tokens": before_stop.sum().item()}

    def sample(self) -> torch.Tensor:
        with autocast(self.precision):
            return self.model.generate(
                **self.inputs,
                do_sample=True,
                temperature=1.0,
                top_k=0,
                top_p=1.0,
                max_new_tokens=self.max_new_tokens,
                eos_token_id=self.stop_ids,
                pad_token_id=self.stop_ids[0],
            )


sampler = Sampler()
serve({"load": sampler.load, "generate": sampler.generate})
