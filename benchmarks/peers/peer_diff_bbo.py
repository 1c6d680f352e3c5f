"""The models and the rounds of Diff-BBO (Wu et al. 2024) as the authors of DiBO ran it for comparison (github.com/umkiyoung/DiBO, commit
f641a5f), with their settings for functions of 200 dimensions; in single precision. The paper's own program is not published.
"""

from functools import partial

import torch
from peer_diffusion import STEPS, NoiseSchedule, Rounds, Scale, TimeFeatures, effort, times
from torch import nn

MEMBERS, EPOCHS, TRAINING_BATCH = 5, effort(200), 512
DROPPED = 0.15
GUIDANCE = 2.0
BINS, BIN_SMOOTHING, MOST_WEIGHT = 20, 1e-3, 5.0
TARGET_STEPS = 10

SCHEDULE = NoiseSchedule()


def weights_of(rewards):
    """Of each row, by the bin of its reward, as in DDOM (Krishnamoorthy et al. 2023); the temperature is the 90th percentile."""
    rewards = rewards.squeeze(1)
    edges = torch.linspace(rewards.min().item(), rewards.max().item(), BINS + 1)[1:]
    bins = torch.searchsorted(edges, rewards, right=True).clamp(max=BINS - 1)
    # The greatest reward lies in the last bin, though it is at its upper edge.
    shares = torch.bincount(bins, minlength=BINS) / len(rewards)
    temperature = max((rewards - rewards.max()).quantile(0.9).abs().item(), 1e-3)
    wanted = torch.softmax(edges / temperature, 0) * shares / (shares + BIN_SMOOTHING)
    wanted = wanted / (wanted.sum() + 1e-7)
    return (wanted[bins] / (shares[bins] + 1e-7)).clamp(0, MOST_WEIGHT).unsqueeze(1)


class ConditionalDenoiser(nn.Module):
    def __init__(self, dimension, width=512, condition=128):
        super().__init__()
        self.time = TimeFeatures()
        self.target = nn.Sequential(nn.Linear(1, condition), nn.GELU(), nn.Linear(condition, condition))
        self.rest = nn.Sequential(
            nn.Linear(dimension + TimeFeatures.width + condition, width),
            nn.GELU(),
            nn.Linear(width, width),
            nn.GELU(),
            nn.Linear(width, width),
            nn.LayerNorm(width),
            nn.GELU(),
            nn.Linear(width, dimension),
        )

    def forward(self, x, time, condition):
        return self.rest(torch.cat([x, self.time(time), condition], 1))

    def trained_on(self, x, time, target):
        """With parts of the condition left out at random."""
        condition = self.target(target)
        return self(x, time, condition * (torch.rand(condition.shape) >= DROPPED))

    def guided(self, x, time, target):
        """By classifier-free guidance."""
        condition = self.target(target)
        return (1 + GUIDANCE) * self(x, time, condition) - GUIDANCE * self(x, time, torch.zeros_like(condition))


class DiffBbo(Rounds):
    def trained(self, model, x, y, weights):
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        for _ in range(EPOCHS):
            for designs, rewards, weight in zip(*(part.split(TRAINING_BATCH) for part in (x, y, weights))):
                optimizer.zero_grad()
                SCHEDULE.loss(designs, partial(model.trained_on, target=rewards), weight).backward()
                optimizer.step()
        return model.requires_grad_(False)

    def samples(self, models, targets, dimension):
        """By the mean of what the models predict, one for each target."""
        x = torch.randn(len(targets), dimension)
        for step in range(STEPS):
            time = times(len(x), step)
            epsilon = torch.stack([model.guided(x, time, targets) for model in models]).mean(dim=0)
            x = SCHEDULE.next(x, step, epsilon)
        return x

    def disagreement(self, models, targets, dimension):
        """The variance over the models of the mean length of their samples: the epistemic uncertainty."""
        lengths = [self.samples([model], targets, dimension).norm(dim=1).mean() for model in models]
        return torch.stack(lengths).var(unbiased=False)

    def explored(self, models, targets, dimension):
        """Targets after a climb of uncertainty-aware exploration: target less disagreement."""
        targets = targets.clone().requires_grad_(True)
        optimizer = torch.optim.Adam([targets], lr=1e-2)
        for _ in range(TARGET_STEPS):
            optimizer.zero_grad()
            (self.disagreement(models, targets, dimension) - targets.mean()).backward()
            optimizer.step()
        return targets.detach()

    def propose(self, points, rewards, count):
        scale = Scale(points)
        x, y = scale.standardized(points), Scale(rewards).standardized(rewards)
        dimension = x.shape[1]
        weights = weights_of(y)
        models = [self.trained(ConditionalDenoiser(dimension), x, y, weights) for _ in range(MEMBERS)]
        targets = self.explored(models, y.max().repeat(count, 1), dimension)
        with torch.no_grad():
            return scale.restored(self.samples(models, targets, dimension))
