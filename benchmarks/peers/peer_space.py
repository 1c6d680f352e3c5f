"""A space as columns: numbers on [0, 1] and choices. Each letter of a sequence is a choice of its own."""

import math
from dataclasses import dataclass
from typing import Any, List, Optional, Sequence


@dataclass(frozen=True)
class Number:
    """A real, integer or ordinal parameter. An ordinal's value is the position in its list."""

    name: str
    low: float
    high: float
    log: bool
    step: Optional[float]
    values: Optional[Sequence[Any]] = None

    @property
    def count(self):
        """How many values there are; None where there is no step."""
        return None if self.step is None else 1 + round((self.high - self.low) / self.step)

    def place(self, value):
        """The part of the way from low to high, in [0, 1]."""
        if self.low == self.high:
            return 0.0
        if self.log:
            part = math.log(value / self.low) / math.log(self.high / self.low)
        else:
            part = (value - self.low) / (self.high - self.low)
        return min(max(part, 0.0), 1.0)

    def at(self, place):
        """The value nearest to a part of the way."""
        place = min(max(float(place), 0.0), 1.0)
        if self.log and self.low < self.high:
            value = self.low * math.exp(place * math.log(self.high / self.low))
        else:
            value = self.low + place * (self.high - self.low)
        value = min(max(value, self.low), self.high)
        return value if self.step is None else self.at_index(round((value - self.low) / self.step))

    def at_index(self, index):
        """The value that is some steps above the least."""
        return min(self.low + int(index) * self.step, self.high)

    def index(self, value):
        return round((value - self.low) / self.step)

    def places(self):
        """All parts of the way that have a value. Needs a step."""
        return [self.place(self.at_index(i)) for i in range(self.count)]


@dataclass(frozen=True)
class Choice:
    """A categorical parameter, or a letter of a sequence. A value is the position in its options."""

    name: str
    options: Sequence[Any]


def _number(name, parameter):
    if parameter["type"] == "ordinal":
        values = parameter["values"]
        return Number(name, 0, len(values) - 1, False, 1, values)
    low, high = parameter["min"], parameter["max"]
    step = parameter.get("step", 1 if parameter["type"] == "integer" else None)
    if step is not None:
        high = low + math.floor((high - low) / step + 1e-9) * step
    return Number(name, low, high, parameter.get("scale") == "log", step)


def _columns(name, parameter):
    if parameter["type"] == "categorical":
        return [Choice(name, parameter["values"])]
    if parameter["type"] == "sequence":
        return [Choice(f"{name}[{i}]", list(parameter["alphabet"])) for i in range(parameter["length"])]
    return [_number(name, parameter)]


class Space:
    """Designs as lists with a value for each column, and as points: a place in [0, 1] for a number, a position for a choice."""

    def __init__(self, definition):
        self.parameters = definition["parameters"]
        self._parts = [(name, _columns(name, parameter)) for name, parameter in self.parameters.items()]
        self.columns: List[Any] = [column for _, columns in self._parts for column in columns]
        self.numbers = [i for i, column in enumerate(self.columns) if isinstance(column, Number)]
        self.choices = [i for i, column in enumerate(self.columns) if isinstance(column, Choice)]

    @property
    def size(self):
        """How many designs there are; infinite where a number has no step."""
        counts = [column.count if isinstance(column, Number) else len(column.options) for column in self.columns]
        return math.inf if None in counts else math.prod(counts)

    def design(self, values):
        design, at = {}, 0
        for name, columns in self._parts:
            design[name] = _parameter_value(self.parameters[name], columns, values[at : at + len(columns)])
            at += len(columns)
        return design

    def values(self, design):
        return [
            value
            for name, columns in self._parts
            for value in _column_values(self.parameters[name], columns, design[name])
        ]

    def point(self, design):
        return [
            column.place(value) if isinstance(column, Number) else float(value)
            for column, value in zip(self.columns, self.values(design))
        ]

    def design_at(self, point):
        """The design nearest to a point."""
        return self.design(
            [
                column.at(x) if isinstance(column, Number) else min(max(round(float(x)), 0), len(column.options) - 1)
                for column, x in zip(self.columns, point)
            ]
        )

    def design_of_units(self, units):
        """The design of a point of the unit cube in which each step and each option has an equal share."""
        values = []
        for column, unit in zip(self.columns, units):
            unit = min(max(float(unit), 0.0), 1.0 - 1e-12)
            if isinstance(column, Choice):
                values.append(int(unit * len(column.options)))
            elif column.step is None or column.log:
                values.append(column.at(unit))
            else:
                values.append(column.at_index(int(unit * column.count)))
        return self.design(values)

    def designs(self):
        """All designs. Needs a finite space."""
        rows = [[]]
        for column in self.columns:
            if isinstance(column, Number):
                options = [column.at_index(i) for i in range(column.count)]
            else:
                options = range(len(column.options))
            rows = [row + [option] for row in rows for option in options]
        return [self.design(row) for row in rows]


def _parameter_value(parameter, columns, values):
    if parameter["type"] == "sequence":
        return "".join(column.options[int(value)] for column, value in zip(columns, values))
    if parameter["type"] in ("ordinal", "categorical"):
        return parameter["values"][int(values[0])]
    return values[0]


def _column_values(parameter, columns, value):
    if parameter["type"] == "sequence":
        return [column.options.index(letter) for column, letter in zip(columns, value)]
    if parameter["type"] in ("ordinal", "categorical"):
        return [parameter["values"].index(value)]
    return [value]
