"""Trains the denoiser of src/diffusion with PyTorch: AdamW, clipping and a moving average.

JSON lines on stdin, one JSON line on stdout for each:
  {"open": {threads, fused, blocks, learningRate, weightDecay, steps, parameters, data, inputs}}
      the last three are arrays by name: {"shape": [...], "type": "float32" or "int32", "bytes": base64 of little-endian numbers}
  {"run": {"keep": one number per step}}
      trains `steps` steps and answers {"milliseconds": per step, "losses": of each step}
"""

import base64
import json
import math
import sys
import time

try:
    import torch
    from torch import nn
    from torch.nn import functional as F
except ImportError as error:
    print(json.dumps({"missing": str(error)}), flush=True)
    sys.exit(0)

FREQUENCIES = [0.25, 0.5, 1, 2, 4, 8]
KNOTS = [-2, -1, 0, 1, 2, 3, 4]
TYPES = {"float32": torch.float32, "int32": torch.int32}


def decoded(arrays):
    return {
        name: torch.frombuffer(bytearray(base64.b64decode(a["bytes"])), dtype=TYPES[a["type"]]).reshape(a["shape"])
        for name, a in arrays.items()
    }


def linear(parameters, name, bias=True):
    """A layer from a matrix of inputs x outputs."""
    weight = parameters[f"{name}.weight"]
    layer = nn.Linear(*weight.shape, bias=bias)
    with torch.no_grad():
        layer.weight.copy_(weight.T)
        if bias:
            layer.bias.copy_(parameters[f"{name}.bias"])
    return layer


class Denoiser(nn.Module):
    def __init__(self, parameters, blocks):
        super().__init__()
        self.embed = linear(parameters, "embed")
        self.start = linear(parameters, "in")
        self.first = nn.ModuleList(linear(parameters, f"{b}.first") for b in range(blocks))
        self.told = nn.ModuleList(linear(parameters, f"{b}.embed", bias=False) for b in range(blocks))
        self.second = nn.ModuleList(linear(parameters, f"{b}.second") for b in range(blocks))
        self.out = linear(parameters, "out")
        self.frequencies = 2 * math.pi * torch.tensor(FREQUENCIES)
        self.knots = torch.tensor(KNOTS, dtype=torch.float32)

    def network(self, x, sigma, reward, missing):
        angles = torch.log(sigma) / 4 * self.frequencies
        told = torch.cat([reward, torch.tanh(reward - self.knots), torch.ones_like(reward)], 1) * (1 - missing)
        embedding = F.silu(self.embed(torch.cat([torch.sin(angles), torch.cos(angles), told], 1)))
        hidden = self.start(x)
        for first, told, second in zip(self.first, self.told, self.second):
            normed = F.rms_norm(hidden, hidden.shape[-1:], eps=1e-6)
            hidden = hidden + second(F.silu(first(normed) + told(embedding)))
        return self.out(F.silu(F.rms_norm(hidden, hidden.shape[-1:], eps=1e-6)))

    def forward(self, x, sigma, reward, missing):
        total = sigma.square() + 1
        scale = total.rsqrt()
        return x / total + sigma * scale * self.network(x * scale, sigma, reward, missing)


class Training:
    def __init__(self, o):
        torch.set_num_threads(o["threads"])
        torch.set_flush_denormal(True)
        self.steps = o["steps"]
        self.model = Denoiser(decoded(o["parameters"]), o["blocks"])
        self.parameters = list(self.model.parameters())
        matrices = [p for p in self.parameters if p.dim() > 1]
        vectors = [p for p in self.parameters if p.dim() == 1]
        self.optimizer = torch.optim.AdamW(
            [{"params": matrices, "weight_decay": o["weightDecay"]}, {"params": vectors, "weight_decay": 0.0}],
            lr=o["learningRate"],
            **({"fused": True} if o["fused"] else {}),
        )
        self.average = [p.detach().clone() for p in self.parameters]
        self.data = decoded(o["data"])
        self.inputs = decoded(o["inputs"])
        self.inputs["rows"] = self.inputs["rows"].long()

    def loss(self, k):
        rows, sigma, withheld, noise = (self.inputs[name][k] for name in ("rows", "sigma", "withheld", "noise"))
        clean = self.data["designs"][rows]
        missing = torch.maximum(withheld, self.data["unlabelled"][rows])
        denoised = self.model(clean + noise * sigma, sigma, self.data["rewards"][rows], missing)
        weight = (sigma.square() + 1) / sigma.square()
        return ((denoised - clean).square() * weight).mean()

    def run(self, keep):
        losses = []
        start = time.perf_counter()
        for k in range(self.steps):
            self.optimizer.zero_grad(set_to_none=True)
            loss = self.loss(k)
            loss.backward()
            nn.utils.clip_grad_norm_(self.parameters, 1.0, foreach=True)
            self.optimizer.step()
            with torch.no_grad():
                torch._foreach_lerp_(self.average, self.parameters, keep[k])
            losses.append(loss.detach())
        losses = [float(loss) for loss in losses]
        return {"milliseconds": (time.perf_counter() - start) / self.steps * 1e3, "losses": losses}


def main():
    print(json.dumps({"ready": torch.__version__}), flush=True)
    training = None
    for line in sys.stdin:
        request = json.loads(line)
        if "open" in request:
            training = Training(request["open"])
            answer = {"opened": True}
        else:
            answer = training.run(request["run"]["keep"])
        print(json.dumps(answer), flush=True)


main()
