"""CMA-ES of pycma, with a population of one batch."""

import math
import random

from peer_protocol import NUMBERS, Asked, Costs, serve

SIGMA = 0.2
LEAST_POPULATION = 6


class Coordinate:
    """A column as pycma sees it: whole numbers of steps where steps are even, else the part of the range."""

    def __init__(self, column):
        self.column = column
        self.whole = column.step is not None and not column.log and column.count > 1
        self.width = column.count - 1 if self.whole else 1
        # Half a step beyond the ends, so that each step has an equal share.
        self.low, self.high = (-0.5, self.width + 0.5) if self.whole else (0, 1)

    def of(self, value):
        return self.column.index(value) if self.whole else self.column.place(value)

    def value(self, x):
        return self.column.at_index(min(max(round(x), 0), self.width)) if self.whole else self.column.at(x)


class Pycma:
    def __init__(self, task):
        import cma

        self.cma = cma
        self.space, self.seed = task.space, task.seed
        self.coordinates = [Coordinate(column) for column in task.space.columns]
        dimension = len(self.coordinates)
        default = 4 + int(3 * math.log(dimension))
        self.population = task.batch if task.batch >= LEAST_POPULATION else max(default, LEAST_POPULATION)
        self.stream = random.Random(f"restarts {task.seed}")
        self.costs, self.waiting = Costs(), []
        self.best, self.runs, self.run = None, 0, None

    def start(self, mean):
        options = {
            "bounds": [[c.low for c in self.coordinates], [c.high for c in self.coordinates]],
            "CMA_stds": [c.width for c in self.coordinates],
            "integer_variables": [i for i, c in enumerate(self.coordinates) if c.whole],
            "popsize": self.population * 2 ** min(self.runs, 6),
            # Zero would be the clock.
            "seed": 1 + (self.seed * 1000 + self.runs) % (2**32 - 2),
            "verbose": -9,
            "verb_log": 0,
            "verb_disp": 0,
        }
        # pycma needs two dimensions: the second of a single one is idle.
        if len(self.coordinates) == 1:
            mean = [*mean, 0.5]
            options["bounds"] = [[*options["bounds"][0], 0], [*options["bounds"][1], 1]]
            options["CMA_stds"] = [*options["CMA_stds"], 1]
        self.runs += 1
        self.waiting = []
        self.run = self.cma.CMAEvolutionStrategy(mean, SIGMA, options)

    def first_mean(self):
        if self.best is None:
            return [(c.low + c.high) / 2 for c in self.coordinates]
        return self.point(self.best[1])

    def random_mean(self):
        return [self.stream.uniform(c.low, c.high) for c in self.coordinates]

    def point(self, design):
        return [c.of(value) for c, value in zip(self.coordinates, self.space.values(design))]

    def design(self, x):
        return self.space.design([c.value(xi) for c, xi in zip(self.coordinates, x)])

    def ask(self, count):
        if self.run is None:
            self.start(self.first_mean())
        return [Asked(self.design(x), (self.runs, x)) for x in self.run.ask(count)]

    def tell(self, told):
        for evaluation, cost in zip(told, self.costs.of(told)):
            if evaluation.cost is not None and (self.best is None or cost < self.best[0]):
                self.best = (cost, evaluation.design)
            # Designs of an earlier run, and those that nobody asked for, only serve as a start.
            if evaluation.asked is not None and evaluation.asked.token[0] == self.runs:
                self.waiting.append((evaluation.asked.token[1], cost))
        while self.run is not None and len(self.waiting) >= self.run.popsize:
            generation = self.waiting[: self.run.popsize]
            self.waiting = self.waiting[self.run.popsize :]
            self.run.tell([x for x, _ in generation], [cost for _, cost in generation])
            if self.run.stop():
                self.start(self.random_mean())


serve("pycma", Pycma, NUMBERS)
