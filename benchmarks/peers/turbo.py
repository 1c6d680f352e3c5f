"""TuRBO-1 (Eriksson et al. 2019) with Thompson sampling, as in the tutorial of BoTorch."""

import math
import sys
import warnings

from peer_protocol import NUMBERS, Asked, serve

LENGTH, LEAST_LENGTH, MOST_LENGTH = 0.8, 0.5**7, 1.6
SUCCESSES = 10


class TrustRegion:
    """The side of a box around the best design: doubled after successes, halved after failures."""

    def __init__(self, dimension, batch):
        self.length, self.best = LENGTH, -math.inf
        self.failure_tolerance = math.ceil(max(4 / batch, dimension / batch))
        self.successes = self.failures = 0

    def learn(self, reward):
        """The best reward of a batch."""
        if reward > self.best + 1e-3 * abs(self.best) or not math.isfinite(self.best):
            self.successes, self.failures = self.successes + 1, 0
        else:
            self.successes, self.failures = 0, self.failures + 1
        if self.successes == SUCCESSES:
            self.length, self.successes = min(2 * self.length, MOST_LENGTH), 0
        elif self.failures == self.failure_tolerance:
            self.length, self.failures = self.length / 2, 0
        self.best = max(self.best, reward)

    @property
    def ended(self):
        return self.length < LEAST_LENGTH


class Turbo:
    def __init__(self, task):
        import torch
        from botorch.exceptions.warnings import BotorchWarning
        from peer_gaussian import FirstDesigns

        warnings.simplefilter("ignore", BotorchWarning)
        torch.manual_seed(task.seed)
        self.torch, self.space, self.batch = torch, task.space, task.batch
        self.dimension = len(task.space.columns)
        self.first = FirstDesigns(task)
        # As many first designs as in the tutorial, or, where fewer, as a batch or 20.
        self.first_count = min(2 * self.dimension, max(20, task.batch))
        self.start()

    def start(self):
        """A new trust region that knows of nothing."""
        from peer_gaussian import Observations

        self.region = TrustRegion(self.dimension, self.batch)
        self.observations = Observations(self.space)

    def ask(self, count):
        if self.observations.known < self.first_count:
            asked = self.first.ask(count)
        else:
            asked = [Asked(self.space.design_at(point), self.region) for point in self.sampled(count).tolist()]
        return self.observations.add_asked(asked)

    def tell(self, told):
        # What an earlier trust region asked for comes too late.
        told = [e for e in told if e.asked is None or e.asked.token in (None, self.region)]
        if not told:
            return
        self.observations.add_told(told)
        from_region = [e for e in told if e.asked is not None and e.asked.token is self.region]
        rewards = [-e.cost for e in told if e.cost is not None]
        if from_region:
            self.region.learn(max(rewards, default=-math.inf))
        else:
            self.region.best = max([self.region.best, *rewards])
        if self.region.ended:
            self.start()

    def model(self, points, rewards):
        from botorch.exceptions import ModelFittingError
        from botorch.fit import fit_gpytorch_mll
        from botorch.models import SingleTaskGP
        from gpytorch.constraints import Interval
        from gpytorch.kernels import MaternKernel, ScaleKernel
        from gpytorch.likelihoods import GaussianLikelihood
        from gpytorch.mlls import ExactMarginalLogLikelihood

        likelihood = GaussianLikelihood(noise_constraint=Interval(1e-8, 1e-3))
        matern = MaternKernel(nu=2.5, ard_num_dims=self.dimension, lengthscale_constraint=Interval(0.005, 4.0))
        model = SingleTaskGP(
            points, rewards, covar_module=ScaleKernel(matern), likelihood=likelihood, outcome_transform=None
        )
        try:
            fit_gpytorch_mll(ExactMarginalLogLikelihood(model.likelihood, model))
        except ModelFittingError as error:
            print(f"the hyperparameters stay at their start: {error}", file=sys.stderr)
        return model

    def box(self, model, centre):
        """The trust region, its sides in proportion to the length scales, with a geometric mean of 1."""
        weights = model.covar_module.base_kernel.lengthscale.squeeze(0).detach()
        weights = weights / weights.mean()
        weights = weights / self.torch.prod(weights.pow(1.0 / len(weights)))
        half = weights * self.region.length / 2
        return self.torch.clamp(centre - half, 0.0, 1.0), self.torch.clamp(centre + half, 0.0, 1.0)

    def perturbed(self, centre, low, high):
        """Candidates that differ from the best design in about 20 coordinates."""
        torch = self.torch
        count = min(5000, max(2000, 200 * self.dimension))
        seed = int(torch.randint(2**31, (1,)))
        sobol = torch.quasirandom.SobolEngine(self.dimension, scramble=True, seed=seed)
        points = low + (high - low) * sobol.draw(count, dtype=torch.double)
        mask = torch.rand(count, self.dimension, dtype=torch.double) <= min(20.0 / self.dimension, 1.0)
        unchanged = torch.where(mask.sum(dim=1) == 0)[0]
        mask[unchanged, torch.randint(0, self.dimension, (len(unchanged),))] = True
        return torch.where(mask, points, centre.expand(count, self.dimension))

    def sampled(self, count):
        import gpytorch
        from botorch.generation import MaxPosteriorSampling
        from peer_gaussian import standardized

        points, rewards = self.observations.tensors()
        rewards = standardized(rewards)
        centre = points[rewards.argmax()]
        with gpytorch.settings.max_cholesky_size(float("inf")):
            model = self.model(points, rewards)
            candidates = self.perturbed(centre, *self.box(model, centre))
            with self.torch.no_grad():
                return MaxPosteriorSampling(model=model, replacement=False)(candidates, num_samples=count)


serve("turbo", Turbo, NUMBERS)
