"""HEBO (Cowen-Rivers et al. 2022): a Gaussian process with warped inputs and outputs, and an ensemble of acquisition functions."""

import random
import warnings

from peer_protocol import ALL, Asked, Costs, serve
from peer_space import Choice


class Hebo:
    def __init__(self, task):
        import numpy as np
        import pandas as pd
        import torch
        from hebo.design_space.design_space import DesignSpace
        from hebo.optimizers.hebo import HEBO

        warnings.simplefilter("ignore")
        random.seed(task.seed)
        np.random.seed(task.seed % 2**32)
        torch.manual_seed(task.seed)
        self.np, self.pd, self.space, self.costs = np, pd, task.space, Costs()
        # A column of one value is none to HEBO.
        self.free = [i for i, column in enumerate(task.space.columns) if not self.is_constant(column)]
        self.names = [f"c{i}" for i in self.free]
        columns = [self.column(name, task.space.columns[i]) for name, i in zip(self.names, self.free)]
        self.optimizer = HEBO(DesignSpace().parse(columns), scramble_seed=task.seed)

    @staticmethod
    def is_constant(column):
        return len(column.options) == 1 if isinstance(column, Choice) else column.low == column.high

    @staticmethod
    def is_stepped(column):
        return not isinstance(column, Choice) and column.step is not None and not column.log

    def column(self, name, column):
        if isinstance(column, Choice):
            return {"name": name, "type": "cat", "categories": list(range(len(column.options)))}
        if self.is_stepped(column):
            return {"name": name, "type": "int", "lb": 0, "ub": column.count - 1}
        return {"name": name, "type": "pow" if column.log else "num", "lb": column.low, "ub": column.high}

    def value(self, column, parameter):
        if isinstance(column, Choice):
            return int(parameter)
        return column.at_index(round(parameter)) if self.is_stepped(column) else column.at(column.place(parameter))

    def design(self, row):
        values = [0 if isinstance(column, Choice) else column.low for column in self.space.columns]
        for name, i in zip(self.names, self.free):
            values[i] = self.value(self.space.columns[i], row[name])
        return self.space.design(values)

    def row(self, design):
        values = self.space.values(design)
        columns = self.space.columns
        return [columns[i].index(values[i]) if self.is_stepped(columns[i]) else values[i] for i in self.free]

    def ask(self, count):
        rows = self.optimizer.suggest(n_suggestions=count).to_dict("records")
        return [Asked(self.design(row)) for row in rows]

    def tell(self, told):
        if told:
            rows = self.pd.DataFrame([self.row(evaluation.design) for evaluation in told], columns=self.names)
            self.optimizer.observe(rows, self.np.array(self.costs.of(told), dtype=float).reshape(-1, 1))


serve("hebo", Hebo, ALL)
