"""What the peers made of diffusion models share: standardized data, first designs, and a noise schedule of 30 steps."""

import math
import os

import torch
from peer_gaussian import FirstDesigns
from peer_protocol import Asked
from torch import nn

STEPS = 30


def effort(count):
    """So many epochs, steps or proposals, or the share of them that DIFFOPT_PEER_EFFORT says, to see whether all works."""
    return max(1, round(count * float(os.environ.get("DIFFOPT_PEER_EFFORT", "1"))))


class Scale:
    """Columns with mean 0 and deviation 1."""

    def __init__(self, values):
        self.mean, self.deviation = values.mean(dim=0), values.std(dim=0)

    def standardized(self, values):
        return (values - self.mean) / (self.deviation + 1e-7)

    def restored(self, values):
        return values * self.deviation + self.mean


class NoiseSchedule:
    """Linear betas from 1e-4 to 0.02. Position 0 is the noisiest step, as time 0 is; shapes are those of the step."""

    def __init__(self):
        betas = 1e-4 + (0.02 - 1e-4) * torch.arange(1, STEPS + 2, dtype=torch.double) / STEPS
        kept = torch.cumsum(torch.log(1 - betas), dim=0).exp()
        self.log_sigmas = (((1 - kept) / kept).sqrt().log()).to(torch.float32)
        """From the least to the most."""
        self.beta, self.alpha, kept = (x.flip(0).to(torch.float32) for x in (betas, 1 - betas, kept))
        self.signal, self.noise = kept.sqrt(), (1 - kept).sqrt()
        self.shrink = self.beta / self.noise
        self.grow = 1 / self.alpha.sqrt()

    def mean(self, x, step, epsilon):
        """The mean of the next, less noisy x."""
        return self.grow[step] * (x - self.shrink[step] * epsilon)

    def next(self, x, step, epsilon):
        return self.mean(x, step, epsilon) + self.beta[step].sqrt() * torch.randn_like(x)

    def before(self, x, step):
        """A noisier x, from one that is less noisy."""
        return self.alpha[step].sqrt() * x + self.beta[step].sqrt() * torch.randn_like(x)

    def loss(self, x, epsilon_of, weights=1.0):
        """The error of the predicted noise, weighted by Min-SNR-5 (Hang et al. 2023)."""
        step = torch.randint(0, STEPS, (len(x), 1))
        epsilon = torch.randn_like(x)
        noised = self.signal[step] * x + self.noise[step] * epsilon
        error = (epsilon - epsilon_of(noised, step.squeeze(1) / STEPS)) ** 2
        snr = (self.signal[step] / self.noise[step]) ** 2
        return (weights * torch.clamp(5 / snr, max=1.0) * error).mean()


def times(count, step):
    return torch.full((count,), step / STEPS)


class TimeFeatures(nn.Module):
    """Sines and cosines of 64 frequencies."""

    width = 128

    def forward(self, time):
        angles = time.unsqueeze(1) * torch.arange(1, 65) * 2 * math.pi
        return torch.cat([angles.sin(), angles.cos()], 1)


class Rounds:
    """Asks for first designs until as many as there are parameters, at least 20, are known; then `propose` is asked."""

    def __init__(self, task):
        torch.manual_seed(task.seed)
        self.space, self.first = task.space, FirstDesigns(task)
        self.first_count = max(20, len(task.space.columns))
        self.points, self.rewards = [], []

    def propose(self, points, rewards, count):
        """From points n x d on [0, 1] and rewards n x 1, as many new points."""
        raise NotImplementedError

    def ask(self, count):
        if len(self.points) < self.first_count:
            return self.first.ask(count)
        single = torch.float32
        points = torch.tensor(self.points, dtype=single)
        rewards = torch.tensor(self.rewards, dtype=single).unsqueeze(1)
        proposed = self.propose(points, rewards, count)
        return [Asked(self.space.design_at(point)) for point in proposed.clamp(0, 1).tolist()]

    def tell(self, told):
        known = [evaluation for evaluation in told if evaluation.cost is not None]
        self.points.extend(self.space.point(evaluation.design) for evaluation in known)
        self.rewards.extend(-evaluation.cost for evaluation in known)
