"""The PyTorch side of train.ts: one GRPO step of a `transformers` model, gradients accumulated over padded micro-batches."""

import torch
from pytorch_peer import autocast, load_images, load_model, model_inputs, serve, timed

DUAL_CLIP = 3


class Trainer:
    """Holds one model, its optimizer and its batch. As in the run config, the vision tower is frozen."""

    def load(self, options: dict) -> dict:
        self.model = load_model(options["model"]).train()
        self.model.model.visual.requires_grad_(False)
        self.clip = options["clip"]
        self.max_grad_norm = options["optimizer"]["maxGradNorm"]
        self.precision = options["precision"]
        weights = [weight for weight in self.model.parameters() if weight.requires_grad]
        decay = options["optimizer"]["weightDecay"]
        self.optimizer = torch.optim.AdamW(
            [
                {"params": [weight for weight in weights if weight.dim() > 1], "weight_decay": decay},
                {"params": [weight for weight in weights if weight.dim() == 1], "weight_decay": 0},
            ],
            betas=(options["optimizer"]["beta1"], options["optimizer"]["beta2"]),
            fused=True,
        )
        images = load_images(options["images"])
        self.micro_batches = [self.lay_out(images, micro) for micro in options["microBatches"]]
        self.token_count = sum(len(batch["targets"]) for batch in self.micro_batches)
        return {}

    def lay_out(self, images: dict, sequences: list[dict]) -> dict:
        """Inputs, and for each completion token where it is predicted, its id, its old log-probability, its advantage."""
        rows = [
            {"tokenIds": sequence["promptIds"] + sequence["completionIds"][:-1], "images": sequence["images"]}
            for sequence in sequences
        ]
        places = [
            (row, len(sequence["promptIds"]) - 1 + at)
            for row, sequence in enumerate(sequences)
            for at in range(len(sequence["completionIds"]))
        ]
        return {
            "inputs": model_inputs(self.model, images, rows),
            "places": tuple(torch.tensor(places).T),
            "targets": torch.tensor([token for sequence in sequences for token in sequence["completionIds"]]),
            "sampling": torch.tensor([logprob for sequence in sequences for logprob in sequence["samplingLogprobs"]]),
            "advantages": torch.tensor([advantage for sequence in sequences for advantage in sequence["advantages"]]),
        }

    def step(self, options: dict) -> dict:
        for group in self.optimizer.param_groups:
            group["lr"] = options["learningRate"]
        result = {}
        seconds = timed(lambda: result.update(self.take_step()))
        return {"seconds": seconds, **result}

    def take_step(self) -> dict:
        self.optimizer.zero_grad()
        loss = 0.0
        for batch in self.micro_batches:
            with autocast(self.precision):
                part = self.compute_loss(batch)
            part.backward()
            loss += part.item()
        trainable = [weight for weight in self.model.parameters() if weight.requires_grad]
        torch.nn.utils.clip_grad_norm_(trainable, self.max_grad_norm)
        self.optimizer.step()
        return {"loss": loss}

    def compute_loss(self, batch: dict) -> torch.Tensor:
        """Token mean of the clipped loss; logits of completion tokens only."""
        hidden = self.model.model(**batch["inputs"], use_cache=False).last_hidden_state
        logits = self.model.lm_head(hidden[batch["places"]])
        logprobs = -torch.nn.functional.cross_entropy(logits, batch["targets"], reduction="none")
        advantages, low, high = batch["advantages"], self.clip["low"], self.clip["high"]
        ratio = torch.exp(logprobs - batch["sampling"])
        surrogate = torch.maximum(-advantages * ratio, -advantages * ratio.clamp(1 - low, 1 + high))
        bounded = torch.where(advantages < 0, torch.minimum(surrogate, -DUAL_CLIP * advantages), surrogate)
        return bounded.sum() / self.token_count


trainer = Trainer()
serve({"load": trainer.load, "step": trainer.step})
