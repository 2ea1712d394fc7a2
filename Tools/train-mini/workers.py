"""Several processes that train one model together: each has its own pictures, gradients are averaged.

On a CPU, processes of one thread each are faster than one process of many threads: networks this small
spend their time waiting at the end of every operation.  Start them with `torchrun`.
"""
import os

import torch
import torch.distributed as dist


class Workers:
    """This process's place among its equals; alone where torchrun did not start it."""

    def __init__(self, device):
        self.count, self.rank = int(os.environ.get("WORLD_SIZE", 1)), int(os.environ.get("RANK", 0))
        if self.count > 1:
            dist.init_process_group("gloo")
            if device == "cpu":
                torch.set_num_threads(1)

    @property
    def leads(self):
        """Whether this is the one that writes files and reports."""
        return self.rank == 0

    @torch.no_grad()
    def average(self, params, *numbers):
        """Averages the gradients of `params` over all workers; returns the averages of `numbers`."""
        if self.count == 1:
            return numbers
        grads = [p.grad for p in params if p.grad is not None]
        flat = torch.cat([g.flatten() for g in grads] + [torch.tensor(numbers, dtype=torch.float32)])
        dist.all_reduce(flat)
        flat /= self.count
        parts = flat.split([g.numel() for g in grads] + [len(numbers)])
        torch._foreach_copy_(grads, [part.view_as(g) for part, g in zip(parts, grads)])
        return parts[-1].tolist()
