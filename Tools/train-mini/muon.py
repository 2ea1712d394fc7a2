"""Muon: momentum whose step is the nearest orthogonal matrix, for weights of two and more dimensions."""
import collections

import torch


def orthogonal(matrices, steps=5):
    """Newton-Schulz: brings all singular values of (n, rows <= columns) matrices near one."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = matrices.bfloat16()
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(steps):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.float()


class Muon(torch.optim.Optimizer):
    """Steps have the size that AdamW's usually have, so learning rates and decay carry over."""

    def __init__(self, params, lr, momentum=.95, weight_decay=0.):
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            alike = collections.defaultdict(list)
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if not state:
                    state["momentum"] = torch.zeros_like(p)
                state["momentum"].lerp_(p.grad, 1 - group["momentum"])
                step = p.grad.lerp(state["momentum"], group["momentum"]).flatten(1)
                alike[step.shape].append((p, step))
            for (rows, columns), members in alike.items():
                steps = torch.stack([step for _, step in members])
                steps = orthogonal(steps.mT).mT if rows > columns else orthogonal(steps)
                scale = .2 * max(rows, columns) ** .5
                for (p, _), step in zip(members, steps):
                    p.mul_(1 - group["lr"] * group["weight_decay"])
                    p.add_(step.reshape(p.shape), alpha=-group["lr"] * scale)
