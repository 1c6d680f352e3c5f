"""NGOpt, which chooses among Nevergrad's optimizers by the space, the budget and the batch."""

import random

from peer_protocol import ALL, Asked, Costs, DoesNotApply, serve
from peer_space import Choice


class NevergradNgopt:
    def __init__(self, task):
        import nevergrad as ng
        import numpy as np

        if task.evaluations is None:
            raise DoesNotApply("it chooses an optimizer by the number of evaluations, which is not given")
        self.ng, self.space, self.costs = ng, task.space, Costs()
        # Some of Nevergrad's optimizers draw from the global streams.
        random.seed(task.seed)
        np.random.seed(task.seed % 2**32)
        names = [f"c{i}" for i in range(len(task.space.columns))]
        parameters = ng.p.Dict(**{name: self.parameter(c) for name, c in zip(names, task.space.columns)})
        parameters.random_state.seed(task.seed % 2**32)
        self.names = names
        self.optimizer = ng.optimizers.NGOpt(parameters, budget=task.evaluations, num_workers=task.batch)

    def parameter(self, column):
        if isinstance(column, Choice):
            return self.ng.p.Choice(list(range(len(column.options))))
        if column.low == column.high:
            return self.ng.p.Constant(0 if column.step is not None else column.low)
        if column.step is not None and not column.log:
            return self.ng.p.Scalar(lower=0, upper=column.count - 1).set_integer_casting()
        return (self.ng.p.Log if column.log else self.ng.p.Scalar)(lower=column.low, upper=column.high)

    def value(self, column, parameter):
        if isinstance(column, Choice) or column.step is None:
            return parameter
        return column.at(column.place(parameter)) if column.log else column.at_index(parameter)

    def parameter_value(self, column, value):
        stepped = not isinstance(column, Choice) and column.step is not None and not column.log
        return column.index(value) if stepped else value

    def ask(self, count):
        candidates = [self.optimizer.ask() for _ in range(count)]
        return [Asked(self.design(candidate.value), candidate) for candidate in candidates]

    def design(self, value):
        return self.space.design([self.value(c, value[name]) for name, c in zip(self.names, self.space.columns)])

    def candidate(self, design):
        columns = zip(self.names, self.space.columns, self.space.values(design))
        value = {name: self.parameter_value(column, value) for name, column, value in columns}
        return self.optimizer.parametrization.spawn_child(new_value=value)

    def tell(self, told):
        for evaluation, cost in zip(told, self.costs.of(told)):
            if evaluation.asked is not None:
                self.optimizer.tell(evaluation.asked.token, cost)
                continue
            try:
                self.optimizer.tell(self.candidate(evaluation.design), cost)
            except self.ng.errors.TellNotAskedNotSupportedError:
                # The optimizer that NGOpt chose learns from its own designs only.
                pass


serve("nevergrad-ngopt", NevergradNgopt, ALL)
