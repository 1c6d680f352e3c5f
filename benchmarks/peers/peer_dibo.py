"""The models and the rounds of DiBO (Yun et al. 2025), written from the paper and, where it is silent, from the program of its
authors (github.com/umkiyoung/DiBO, commit 31ff265), with their settings for functions of 200 dimensions; in single precision.

Their program keeps the best 500 designs, but 1,000 on Rastrigin: DIFFOPT_DIBO_BUFFER says how many.
"""

import copy
import os
import random

import torch
from peer_diffusion import STEPS, NoiseSchedule, Rounds, Scale, TimeFeatures, effort, times
from torch import nn
from torch.distributions import Normal
from torch.nn import functional

BUFFER = int(os.environ.get("DIFFOPT_DIBO_BUFFER", "500"))
MEMBERS, EPOCHS, TRAINING_BATCH = 5, effort(50), 256
FINE_TUNING_STEPS = effort(50)
TEMPERATURE = 1e-5
PROPOSALS = effort(10)
LOCAL_SEARCH_STEPS = 10

SCHEDULE = NoiseSchedule()


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm, self.linear = nn.LayerNorm(width), nn.Linear(width, width)

    def forward(self, x):
        return x + self.linear(functional.gelu(self.norm(x)))


class Denoiser(nn.Module):
    def __init__(self, dimension, width=512, depth=3):
        super().__init__()
        self.time = TimeFeatures()
        self.first = nn.Linear(dimension, width)
        self.rest = nn.Sequential(
            nn.Linear(width + TimeFeatures.width, width),
            *[Block(width) for _ in range(depth)],
            nn.LayerNorm(width),
            nn.GELU(),
            nn.Linear(width, dimension),
        )

    def forward(self, x, time):
        return self.rest(torch.cat([self.first(x), self.time(time)], 1))


class Ensemble(nn.Module):
    """Networks for the reward; their upper confidence bound."""

    def __init__(self, dimension, width=256):
        super().__init__()
        self.members = nn.ModuleList(
            nn.Sequential(
                nn.Linear(dimension, width),
                nn.GELU(),
                *[layer for _ in range(3) for layer in (nn.Linear(width, width), nn.GELU())],
                nn.Linear(width, 1),
            )
            for _ in range(MEMBERS)
        )

    def forward(self, x):
        rewards = torch.stack([member(x) for member in self.members])
        return (rewards.mean(dim=0) + rewards.std(dim=0)).squeeze(1)


class Posterior(nn.Module):
    """The prior and a copy of it that is trained: together they predict the noise."""

    def __init__(self, prior, reward):
        super().__init__()
        self.prior, self.reward, self.trained = prior, reward, copy.deepcopy(prior)
        for parameter in [*prior.parameters(), *reward.parameters()]:
            parameter.requires_grad_(False)
        self.log_normalizer = nn.Parameter(torch.zeros(()))

    def means(self, x, step):
        """Of the next x, by the prior and by the posterior."""
        time = times(len(x), step)
        epsilon = self.prior(x, time)
        return SCHEDULE.mean(x, step, epsilon), SCHEDULE.mean(x, step, epsilon + self.trained(x, time))

    def samples(self, count, dimension):
        """Samples, with the log-likelihoods of their paths under the prior and the posterior."""
        x = torch.randn(count, dimension)
        ratios = [Normal(0.0, 1.0).log_prob(x).sum(1)] * 2
        for step in range(STEPS):
            means, deviation = self.means(x, step), SCHEDULE.beta[step].sqrt()
            x = (means[1] + deviation * torch.randn_like(x)).detach()
            ratios = [ratio + Normal(mean, deviation).log_prob(x).sum(1) for ratio, mean in zip(ratios, means)]
        return x, *ratios

    def path_to(self, x):
        """The log-likelihoods of a random path to x."""
        ratios = [torch.zeros(len(x))] * 2
        for step in reversed(range(STEPS)):
            before = SCHEDULE.before(x, step)
            means, deviation = self.means(before, step), SCHEDULE.beta[step].sqrt()
            ratios = [ratio + Normal(mean, deviation).log_prob(x).sum(1) for ratio, mean in zip(ratios, means)]
            x = before
        return ratios

    def loss(self, x, log_prior, log_posterior):
        """Relative trajectory balance."""
        difference = TEMPERATURE * (log_posterior - log_prior)
        return 0.5 * ((self.log_normalizer + difference - self.reward(x)) ** 2).mean()

    def log_likelihood(self, x):
        """Of the prior: one step of the 3/8 rule along its ordinary differential equation, between the ends that the program of
        the authors has, with a random estimate of the divergence."""
        sigmas = SCHEDULE.log_sigmas
        start, end = sigmas[-1].exp(), sigmas[0].exp()
        signs = torch.randint_like(x, 2) * 2 - 1

        def flow(sigma, x):
            place = torch.searchsorted(sigmas, sigma.log(), right=True).clamp(1, len(sigmas) - 1) - 1
            part = ((sigma.log() - sigmas[place]) / (sigmas[place + 1] - sigmas[place])).clamp(0, 1)
            x = x / (sigma**2 + 1).sqrt()
            if not x.requires_grad:
                x.requires_grad_(True)
            velocity = self.prior(x, ((place + part) / STEPS).expand(len(x)))
            (slope,) = torch.autograd.grad((velocity * signs).sum(), x, retain_graph=True)
            return velocity, (signs * slope).sum(1)

        length = end - start
        k1 = flow(start, x)
        k2 = flow(start + length / 3, x + length * k1[0] / 3)
        k3 = flow(start + length * 2 / 3, x + length * (k2[0] - k1[0] / 3))
        k4 = flow(end, x + length * (k1[0] - k2[0] + k3[0]))
        moved, change = ((a + 3 * (b + c) + d) * length / 8 for a, b, c, d in zip(k1, k2, k3, k4))
        return Normal(0.0, end).log_prob(x + moved).sum(1) + change

    def log_density(self, x):
        return self.reward(x) + TEMPERATURE * self.log_likelihood(x)


class Dibo(Rounds):
    def __init__(self, task):
        super().__init__(task)
        self.random = random.Random(task.seed)

    def batches(self, x, y):
        """An epoch of rows, drawn in proportion to exp(standardized reward), with a little noise."""
        rows = torch.multinomial(torch.exp(y.squeeze(1)), len(y), replacement=True)
        for part in rows.split(TRAINING_BATCH):
            yield x[part] + 0.001 * torch.randn_like(x[part]), y[part]

    def trained(self, model, loss, x, y):
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
        for _ in range(EPOCHS):
            for batch in self.batches(x, y):
                optimizer.zero_grad()
                loss(*batch).backward()
                optimizer.step()
        return model

    def fine_tuned(self, posterior, x):
        """On its own samples and, as often, on known designs and earlier samples of high reward."""
        optimizer = torch.optim.Adam([*posterior.trained.parameters(), posterior.log_normalizer], lr=1e-4)
        seen, rewards = x, posterior.reward(x)
        for _ in range(FINE_TUNING_STEPS):
            if self.random.random() < 0.5:
                batch, *likelihoods = posterior.samples(TRAINING_BATCH, x.shape[1])
            else:
                rows = torch.multinomial(torch.softmax(rewards, 0), TRAINING_BATCH, replacement=True)
                batch = seen[rows] + 0.01 * torch.randn_like(seen[rows])
                likelihoods = posterior.path_to(batch)
            seen, rewards = torch.cat([seen, batch]), torch.cat([rewards, posterior.reward(batch)])
            optimizer.zero_grad()
            posterior.loss(batch, *likelihoods).backward()
            optimizer.step()

    def searched(self, posterior, count, dimension):
        """Samples after a local search, with their log-densities."""
        with torch.no_grad():
            x, *_ = posterior.samples(count, dimension)
        x.requires_grad_(True)
        optimizer = torch.optim.Adam([x], lr=1e-2)
        for _ in range(LOCAL_SEARCH_STEPS):
            density = posterior.log_density(x)
            optimizer.zero_grad()
            (-torch.exp(density).sum()).backward()
            optimizer.step()
        return x.detach(), density.detach()

    def propose(self, points, rewards, count):
        best = rewards.squeeze(1).argsort(descending=True)[:BUFFER]
        points, rewards = points[best], rewards[best]
        scale = Scale(points)
        x, y = scale.standardized(points), Scale(rewards).standardized(rewards)
        dimension = x.shape[1]
        ensemble = Ensemble(dimension)
        for member in ensemble.members:
            self.trained(member, lambda x, y: functional.mse_loss(member(x), y), x, y)
        prior = Denoiser(dimension)
        self.trained(prior, lambda x, _: SCHEDULE.loss(x, prior), x, y)
        posterior = Posterior(prior, ensemble)
        self.fine_tuned(posterior, x)
        found = [self.searched(posterior, PROPOSALS * count, dimension) for _ in range(PROPOSALS)]
        designs, densities = (torch.cat(parts) for parts in zip(*found))
        return scale.restored(designs[densities.argsort(descending=True)[:count]])
