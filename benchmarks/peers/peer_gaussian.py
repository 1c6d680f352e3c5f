"""What the peers made of BoTorch share: evaluations as tensors, and first designs."""

import math

import torch
from peer_protocol import Asked, Costs

DOUBLE = {"dtype": torch.double}


class Observations:
    """What was told, and what was asked for and is not told yet, as points of the space."""

    def __init__(self, space):
        self.space, self.costs = space, Costs()
        self.points, self.told = [], []
        self.pending = []

    def add_asked(self, asked):
        self.pending.extend(asked)
        return asked

    def add_told(self, told):
        settled = {id(evaluation.asked) for evaluation in told}
        self.pending = [asked for asked in self.pending if id(asked) not in settled]
        self.points.extend(self.space.point(evaluation.design) for evaluation in told)
        self.told.extend(told)

    @property
    def known(self):
        """How many evaluations did not fail."""
        return sum(evaluation.cost is not None for evaluation in self.told)

    def tensors(self):
        """Points, n x d, and rewards, n x 1: costs turned round, failures as bad as the worst."""
        costs = self.costs.of(self.told)
        return torch.tensor(self.points, **DOUBLE), -torch.tensor(costs, **DOUBLE).unsqueeze(-1)

    def pending_points(self):
        """m x d, or None."""
        points = [self.space.point(asked.design) for asked in self.pending]
        return torch.tensor(points, **DOUBLE) if points else None


class FirstDesigns:
    """Scrambled Sobol designs, or candidates in a random order."""

    def __init__(self, task):
        self.task = task
        self.sobol = torch.quasirandom.SobolEngine(len(task.space.columns), scramble=True, seed=task.seed)

    def ask(self, count):
        units = self.sobol.draw(count, dtype=torch.double).tolist()
        return [Asked(self.task.space.design_of_units(point)) for point in units]


def standardized(rewards):
    """Rewards with mean 0 and deviation 1; all 0 where they are all the same."""
    deviation = rewards.std().item() if len(rewards) > 1 else 0.0
    return (rewards - rewards.mean()) / (deviation if math.isfinite(deviation) and deviation > 1e-12 else 1.0)
