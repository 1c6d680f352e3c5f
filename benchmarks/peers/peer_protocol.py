"""How an optimizer in Python is asked and told: one JSON line on stdin, one on stdout for each.

  {"hello": {"space": {...}, "seed": 1, "batch": 8, "evaluations": 200, "candidates": [{...}, ...]}}
      the last two may be missing; answers {"ready": {"versions": {...}}}, {"missing": why} or {"doesNotApply": why}
  {"ask": 8}
      answers {"designs": [{"id": 0, "design": {...}}, ...]}
  {"tell": [{"id": 0, "design": {...}, "cost": 1.5}, ...]}
      the id is missing for designs that were not asked for, the cost is null where measuring failed; answers {"told": 1}

Whatever goes wrong is answered by {"error": why}, and ends the process. With --versions instead of lines on stdin, the versions or what
is missing is the only answer. What the optimizer itself prints goes to stderr.
"""

import json
import math
import os
import platform
import sys
import traceback
from dataclasses import dataclass
from importlib import metadata
from typing import Any, Dict, List, Optional

from peer_space import Space


@dataclass(frozen=True)
class Task:
    space: Space
    seed: int
    batch: int
    """How many designs are asked for at a time, as a rule."""
    evaluations: Optional[int]
    """How many designs will be measured, where that is known."""
    candidates: Optional[List[Dict[str, Any]]]
    """The only designs that may be proposed, where not all may."""


@dataclass(frozen=True)
class Asked:
    design: Dict[str, Any]
    token: Any = None
    """Whatever the optimizer wants back when the design is told."""


@dataclass(frozen=True)
class Told:
    design: Dict[str, Any]
    cost: Optional[float]
    """Less is better; finite, or None where measuring failed."""
    asked: Optional[Asked]
    """None for a design that was not asked for, or was told before."""


class Missing(Exception):
    """A package is not installed, or not in the version that is asked for."""


class DoesNotApply(Exception):
    """The optimizer is not meant for such a task."""


def pinned_versions(peer):
    """The versions that requirements/<peer>.txt pins, beside the program."""
    path = os.path.join(os.path.dirname(os.path.abspath(sys.argv[0])), "requirements", f"{peer}.txt")
    with open(path, encoding="utf-8") as lines:
        pins = [line.split("#")[0].strip() for line in lines]
    return dict(pin.split("==") for pin in pins if pin)


def installed_versions(peer):
    """The versions of Python and of all that is pinned. Raises Missing where they are not as pinned."""
    versions = {"python": platform.python_version()}
    for package, pinned in pinned_versions(peer).items():
        try:
            found = metadata.version(package)
        except metadata.PackageNotFoundError:
            raise Missing(f"the package {package} is not installed; expected version {pinned}") from None
        # A build's own suffix, such as +cpu, is no other version.
        if found.split("+")[0] != pinned:
            raise Missing(f"the package {package} is installed in version {found}; expected version {pinned}")
        versions[package] = found
    return versions


def _check_task(task, kinds, takes_candidates):
    for name, parameter in task.space.parameters.items():
        if parameter["type"] not in kinds:
            raise DoesNotApply(f"parameter {name} is {parameter['type']}, and it takes {', '.join(kinds)} parameters only")
    if task.candidates is not None and not takes_candidates:
        raise DoesNotApply("it cannot choose from a list of candidates")


def _task(hello):
    return Task(Space(hello["space"]), hello["seed"], hello["batch"], hello.get("evaluations"), hello.get("candidates"))


class _Conversation:
    def __init__(self, create, kinds, takes_candidates, peer):
        self.create, self.kinds, self.takes_candidates, self.peer = create, kinds, takes_candidates, peer
        self.optimizer = None
        self.asked = {}
        self.count = 0

    def hello(self, hello):
        task = _task(hello)
        _check_task(task, self.kinds, self.takes_candidates)
        versions = installed_versions(self.peer)
        try:
            self.optimizer = self.create(task)
        except ImportError as error:
            raise Missing(f"a package cannot be imported: {error}") from error
        return {"ready": {"versions": versions}}

    def ask(self, count):
        designs = []
        for asked in self.optimizer.ask(count):
            designs.append({"id": self.count, "design": asked.design})
            self.asked[self.count] = asked
            self.count += 1
        return {"designs": designs}

    def tell(self, evaluations):
        told = []
        for evaluation in evaluations:
            cost = evaluation["cost"]
            told.append(Told(evaluation["design"], cost, self.asked.pop(evaluation.get("id"), None)))
        self.optimizer.tell(told)
        return {"told": len(told)}

    def answer(self, request):
        for kind in ("hello", "ask", "tell"):
            if kind in request:
                return getattr(self, kind)(request[kind])
        raise ValueError(f"the request has none of hello, ask and tell, but {', '.join(request)}")


def _refusal(error):
    if isinstance(error, Missing):
        return {"missing": str(error)}
    if isinstance(error, DoesNotApply):
        return {"doesNotApply": str(error)}
    traceback.print_exception(type(error), error, error.__traceback__, file=sys.stderr)
    return {"error": f"{type(error).__name__}: {error}"}


def serve(peer, create, kinds, takes_candidates=False):
    """Answers requests until stdin ends.

    `create(task)` makes an optimizer with `ask(count)`, a list of Asked, and `tell(evaluations)`, of Told; it imports what it needs.
    `kinds` are the types of parameters that it takes.
    """
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)

    def say(answer):
        out.write(json.dumps(answer, allow_nan=False) + "\n")
        out.flush()

    try:
        if "--versions" in sys.argv[1:]:
            say({"versions": installed_versions(peer)})
            return
        conversation = _Conversation(create, kinds, takes_candidates, peer)
        for line in sys.stdin:
            say(conversation.answer(json.loads(line)))
    except Exception as error:  # Each is told, none is hidden.
        say(_refusal(error))
        sys.exit(0 if isinstance(error, (Missing, DoesNotApply)) else 1)


NUMBERS = ("real", "integer", "ordinal")
ALL = NUMBERS + ("categorical", "sequence")


class Costs:
    """Finite costs for optimizers that know no failures: a failure costs as much as the worst design told so far."""

    def __init__(self):
        self.worst = -math.inf

    def of(self, told):
        """A cost for each, in order."""
        known = [evaluation.cost for evaluation in told if evaluation.cost is not None]
        self.worst = max([self.worst, *known])
        filler = self.worst if math.isfinite(self.worst) else 0.0
        return [filler if evaluation.cost is None else evaluation.cost for evaluation in told]
