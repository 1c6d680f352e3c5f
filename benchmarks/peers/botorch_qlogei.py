"""Bayesian optimization with BoTorch: a Gaussian process and the logarithm of the expected improvement of a batch."""

import json
import sys
import warnings

from peer_protocol import ALL, Asked, serve
from peer_space import Choice

RESTARTS = 10
RAW_SAMPLES = 512
MOST_LISTED = 10_000
"""Spaces with at most as many designs are searched by listing them."""


class BotorchQlogei:
    def __init__(self, task):
        import torch
        from botorch.exceptions.warnings import BotorchWarning
        from peer_gaussian import FirstDesigns, Observations

        warnings.simplefilter("ignore", BotorchWarning)
        torch.manual_seed(task.seed)
        self.torch, self.space = torch, task.space
        self.first, self.observations = FirstDesigns(task), Observations(task.space)
        # As many first designs as Ax takes, but no more than 20.
        self.first_count = max(5, min(2 * len(task.space.columns), 20))
        self.listed = task.candidates
        if self.listed is None and task.space.size <= MOST_LISTED:
            self.listed = task.space.designs()
        if self.listed is not None:
            self.listed_points = torch.tensor([task.space.point(design) for design in self.listed], dtype=torch.double)
            self.keys = [json.dumps(self.space.values(design)) for design in self.listed]
            self.known = set()

    def ask(self, count):
        if self.listed is not None:
            return self.observations.add_asked(self.ask_listed(count))
        if self.observations.known < self.first_count:
            return self.observations.add_asked(self.first.ask(count))
        points = self.optimized(self.acquisition(), count)
        return self.observations.add_asked([Asked(self.space.design_at(point)) for point in points.tolist()])

    def tell(self, told):
        self.observations.add_told(told)
        if self.listed is not None:
            self.known.update(json.dumps(self.space.values(evaluation.design)) for evaluation in told)

    def ask_listed(self, count):
        open_rows = [row for row, key in enumerate(self.keys) if key not in self.known] or list(range(len(self.keys)))
        if self.observations.known < self.first_count or len(open_rows) <= count:
            rows = [open_rows[i] for i in self.torch.randperm(len(open_rows)).tolist()[:count]]
        else:
            rows = self.best_rows(open_rows, count)
        # A list that is used up is gone through again.
        while len(rows) < count:
            rows.append(int(self.torch.randint(len(self.keys), (1,))))
        self.known.update(self.keys[row] for row in rows)
        return [Asked(self.listed[row]) for row in rows]

    def best_rows(self, rows, count):
        from botorch.optim import optimize_acqf_discrete

        choices = self.listed_points[rows]
        points, _ = optimize_acqf_discrete(self.acquisition(), q=count, choices=choices, unique=True)
        places = {tuple(point): row for point, row in zip(choices.tolist(), rows)}
        return [places[tuple(point)] for point in points.tolist()]

    def model(self, points, rewards):
        from botorch.exceptions import ModelFittingError
        from botorch.fit import fit_gpytorch_mll
        from botorch.models import MixedSingleTaskGP, SingleTaskGP
        from gpytorch.mlls import ExactMarginalLogLikelihood
        from peer_gaussian import standardized

        data = {"train_X": points, "train_Y": standardized(rewards), "outcome_transform": None}
        choices = self.space.choices
        model = MixedSingleTaskGP(**data, cat_dims=choices) if choices else SingleTaskGP(**data)
        try:
            fit_gpytorch_mll(ExactMarginalLogLikelihood(model.likelihood, model))
        except ModelFittingError as error:
            print(f"the hyperparameters stay at their priors: {error}", file=sys.stderr)
        return model

    def acquisition(self):
        from botorch.acquisition import qLogExpectedImprovement
        from botorch.sampling import SobolQMCNormalSampler
        from peer_gaussian import standardized

        points, rewards = self.observations.tensors()
        best = standardized(rewards).max()
        seed = int(self.torch.randint(2**31, (1,)))
        sampler = SobolQMCNormalSampler(self.torch.Size([128]), seed=seed)
        pending = self.observations.pending_points()
        return qLogExpectedImprovement(self.model(points, rewards), best_f=best, sampler=sampler, X_pending=pending)

    def optimized(self, acquisition, count):
        from botorch.optim import optimize_acqf
        from botorch.optim.optimize_mixed import optimize_acqf_mixed_alternating

        columns = self.space.columns
        most = [len(c.options) - 1.0 if isinstance(c, Choice) else 1.0 for c in columns]
        bounds = self.torch.tensor([[0.0] * len(columns), most], dtype=self.torch.double)
        settings = {"bounds": bounds, "q": count, "num_restarts": RESTARTS, "raw_samples": RAW_SAMPLES}
        steps = {i: columns[i].places() for i in self.space.numbers if self.has_few_values(columns[i])}
        choices = {i: [float(k) for k in range(len(columns[i].options))] for i in self.space.choices}
        if steps or choices:
            mixed = {"discrete_dims": steps, "cat_dims": choices}
            return optimize_acqf_mixed_alternating(acquisition, **settings, **mixed)[0]
        options = {"batch_limit": RESTARTS, "maxiter": 200}
        return optimize_acqf(acquisition, **settings, options=options, sequential=True)[0]

    @staticmethod
    def has_few_values(column):
        """More values than BoTorch would try one by one are searched as real numbers and rounded."""
        return column.count is not None and 1 < column.count <= 20


serve("botorch-qlogei", BotorchQlogei, ALL, takes_candidates=True)
