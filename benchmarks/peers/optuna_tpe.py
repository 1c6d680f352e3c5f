"""The tree-structured Parzen estimator of Optuna."""

from peer_protocol import ALL, Asked, serve
from peer_space import Choice


class OptunaTpe:
    def __init__(self, task):
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self.optuna, self.space = optuna, task.space
        self.distributions = {column.name: self.distribution(column) for column in task.space.columns}
        sampler = optuna.samplers.TPESampler(seed=task.seed, multivariate=True, constant_liar=True)
        self.study = optuna.create_study(direction="minimize", sampler=sampler)

    def distribution(self, column):
        kinds = self.optuna.distributions
        if isinstance(column, Choice):
            return kinds.CategoricalDistribution(list(range(len(column.options))))
        if column.step is None or column.log:
            return kinds.FloatDistribution(column.low, column.high, log=column.log)
        return kinds.IntDistribution(0, column.count - 1)

    def value(self, column, parameter):
        if isinstance(column, Choice):
            return parameter
        if column.step is None:
            return parameter
        return column.at(column.place(parameter)) if column.log else column.at_index(parameter)

    def parameter(self, column, value):
        stepped = not isinstance(column, Choice) and column.step is not None and not column.log
        return column.index(value) if stepped else value

    def ask(self, count):
        trials = [self.study.ask(self.distributions) for _ in range(count)]
        return [Asked(self.design(trial.params), trial) for trial in trials]

    def design(self, params):
        return self.space.design([self.value(column, params[column.name]) for column in self.space.columns])

    def params(self, design):
        values = zip(self.space.columns, self.space.values(design))
        return {column.name: self.parameter(column, value) for column, value in values}

    def tell(self, told):
        for evaluation in told:
            failed = evaluation.cost is None
            state = self.optuna.trial.TrialState.FAIL if failed else self.optuna.trial.TrialState.COMPLETE
            if evaluation.asked is not None:
                self.study.tell(evaluation.asked.token, evaluation.cost, state=state)
            else:
                params = self.params(evaluation.design)
                self.study.add_trial(
                    self.optuna.trial.create_trial(
                        state=state, value=evaluation.cost, params=params, distributions=self.distributions
                    )
                )


serve("optuna-tpe", OptunaTpe, ALL)
