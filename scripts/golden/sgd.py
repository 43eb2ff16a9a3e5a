"""Prints what `torch.optim.SGD` makes of test/support/optimizer.ts's weights and gradients: the golden values of sgd.test.ts.

    python -m venv .venv && .venv/bin/pip install torch==2.15.0
    .venv/bin/python scripts/golden/sgd.py
"""

import torch


def gradients_of(step: int) -> list[torch.Tensor]:
    w = torch.tensor([[0.4, -0.3, 1.5], [0, -2, 0.01]]) * (step + 1) * (-1) ** step
    b = torch.tensor([0.7, -0.001, 0.2]) * (-3 if step == 2 else 1)
    return [w, b]


def take_steps(momentum: float, decay: float) -> None:
    w = torch.nn.Parameter(torch.tensor([[0.5, -1.25, 2.0], [0.125, 3.0, -0.75]]))
    b = torch.nn.Parameter(torch.tensor([0.1, -0.2, 0.3]))
    groups = [{"params": [w], "weight_decay": decay}, {"params": [b], "weight_decay": 0}]
    optimizer = torch.optim.SGD(groups, lr=1, momentum=momentum)
    for step in range(4):
        w.grad, b.grad = gradients_of(step)
        torch.nn.utils.clip_grad_norm_([w, b], 2)
        for group in optimizer.param_groups:
            group["lr"] = 0.01 * (step + 1)
        optimizer.step()
        print(f"momentum {momentum} step {step}: w {digits(w)} b {digits(b)}")


def digits(tensor: torch.Tensor) -> str:
    return ", ".join(f"{value:.9g}" for value in tensor.flatten().tolist())


take_steps(momentum=0.9, decay=0.1)
take_steps(momentum=0.0, decay=0.0)
