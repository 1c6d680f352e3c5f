"""Trains the residual denoiser of benchmarks/training/models.ts with PyTorch: AdamW, clipping and a moving average.

JSON lines on stdin, one JSON line on stdout for each:
  {"open": {batch, width, steps, threads, designWidth, conditionWidth, dataRows, learningRate, weightDecay, averageDecay}}
  {"run": true}    trains `steps` steps and answers {"milliseconds": per step, "loss": of the last}
"""

import json
import sys
import time

try:
    import torch
    from torch import nn
    from torch.nn import functional as F
except ImportError as error:
    print(json.dumps({"missing": str(error)}), flush=True)
    sys.exit(0)


class Denoiser(nn.Module):
    def __init__(self, designs, conditions, width):
        super().__init__()
        self.start = nn.Linear(designs + conditions, width)
        self.up = nn.ModuleList(nn.Linear(width, width) for _ in range(2))
        self.down = nn.ModuleList(nn.Linear(width, width) for _ in range(2))
        self.out = nn.Linear(width, designs)

    def forward(self, x):
        h = self.start(x)
        for up, down in zip(self.up, self.down):
            h = h + down(F.silu(up(F.silu(h))))
        return self.out(F.silu(h))


class Training:
    def __init__(self, o):
        torch.set_num_threads(o["threads"])
        torch.set_flush_denormal(True)
        torch.manual_seed(0)
        self.o = o
        self.model = Denoiser(o["designWidth"], o["conditionWidth"], o["width"])
        self.parameters = list(self.model.parameters())
        matrices = [p for p in self.parameters if p.dim() > 1]
        vectors = [p for p in self.parameters if p.dim() == 1]
        self.optimizer = torch.optim.AdamW(
            [{"params": matrices, "weight_decay": o["weightDecay"]}, {"params": vectors, "weight_decay": 0.0}],
            lr=o["learningRate"],
            fused=True,
        )
        self.average = [p.detach().clone() for p in self.parameters]
        k, n, d = o["steps"], o["batch"], o["designWidth"]
        self.data = torch.randn(o["dataRows"], d)
        self.rows = torch.randint(o["dataRows"], (k, n))
        self.noise = torch.randn(k, n, d)
        self.sigma = torch.randn(k, n, 1)
        self.condition = torch.randn(k, n, o["conditionWidth"])

    def run(self):
        steps = self.o["steps"]
        losses = []
        start = time.perf_counter()
        for k in range(steps):
            clean = self.data[self.rows[k]]
            noisy = clean + self.noise[k] * self.sigma[k]
            self.optimizer.zero_grad(set_to_none=True)
            loss = F.mse_loss(self.model(torch.cat([noisy, self.condition[k]], 1)), clean)
            loss.backward()
            nn.utils.clip_grad_norm_(self.parameters, 1.0, foreach=True)
            self.optimizer.step()
            with torch.no_grad():
                torch._foreach_lerp_(self.average, self.parameters, 1 - self.o["averageDecay"])
            losses.append(loss.detach())
        last = float(losses[-1])
        return {"milliseconds": (time.perf_counter() - start) / steps * 1e3, "loss": last}


def main():
    print(json.dumps({"ready": torch.__version__}), flush=True)
    training = None
    for line in sys.stdin:
        request = json.loads(line)
        if "open" in request:
            training = Training(request["open"])
            answer = {"opened": True}
        else:
            answer = training.run()
        print(json.dumps(answer), flush=True)


main()
