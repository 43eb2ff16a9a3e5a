"""Prints advantages, loss and gradient of Dr.GRPO (arXiv 2503.20783) in float64: the golden values of dr-grpo.test.ts.

Two groups of rewards; the first one's four responses have 2, 3, 1 and 2 tokens. As the paper's equations have it: rewards
less their mean, and per-token losses summed and divided by the responses times the most tokens one may have (8).

    python -m venv .venv && .venv/bin/pip install torch==2.15.0
    .venv/bin/python scripts/golden/dr_grpo.py
"""

import torch

LOW, HIGH, DUAL, MOST_TOKENS = 0.2, 0.2, 3, 8
LENGTHS = [2, 3, 1, 2]

groups = [[1.0, 0.1, 0.0, 0.9], [1.0, 1.0, 0.0, 1.0]]
for rewards in groups:
    group = torch.tensor(rewards, dtype=torch.float64)
    print("advantages", (group - group.mean()).tolist())

policy = torch.tensor([-1.0, -0.5, -2.0, -0.1, -3.0, -0.7, -25.0, -1.5], dtype=torch.float64, requires_grad=True)
sampling = torch.tensor([-1.0, -1.0, -1.5, -0.9, -1.0, -2.2, -1.0, -1.4], dtype=torch.float64)
rewards = torch.tensor(groups[0], dtype=torch.float64)
advantages = torch.repeat_interleave(rewards - rewards.mean(), torch.tensor(LENGTHS))
ratio = torch.exp((policy - sampling).clamp(-20, 20))
loss = torch.maximum(-advantages * ratio, -advantages * ratio.clamp(1 - LOW, 1 + HIGH))
loss = torch.where(advantages < 0, torch.minimum(loss, -DUAL * advantages), loss)
total = loss.sum() / (len(LENGTHS) * MOST_TOKENS)
total.backward()
print("loss", total.item())
print("gradient", [float(f"{value:.9g}") for value in policy.grad.tolist()])
