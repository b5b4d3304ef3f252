"""Inputs found by trying: propose, run, read the error, correct, run again."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from visunn_lint.errors import InputError
from visunn_lint.location import shown
from visunn_lint.pipeline.inputs.annotations import TEXT
from visunn_lint.pipeline.inputs.arguments import Arguments, behind_all, materialise
from visunn_lint.pipeline.inputs.corrections import corrections
from visunn_lint.pipeline.inputs.guesses import first_guesses
from visunn_lint.pipeline.inputs.signature import parameters, spelled
from visunn_lint.records import short_op
from visunn_lint.spec import TensorInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from torch import nn

    from visunn_lint.pipeline.inputs.guess import Guess
    from visunn_lint.pipeline.inputs.trial import Trial
    from visunn_lint.records import Failure
    from visunn_lint.spec import InputSpec

MOST_RUNS = 40
_MOST_RUNS_OF_ONE = 14
"""So many runs are spent on correcting one first guess."""

_MOST_COST_OF_OTHER_MODE = 15
"""So much is spent on inputs that do in both modes, when some have been found that do in one."""

_MOST_ELEMENTS = 1 << 26
_HOPELESS = frozenset({"NameError", "UnboundLocalError", "ImportError", "ModuleNotFoundError", "SystemExit"})
"""What no other input mends."""

_OF_CLASSES = frozenset({"AttributeError", "TypeError"})
_OF_A_CLASS = re.compile(
    r"'(\w+)' object has no attribute|(\w+)\.\w+\(\) (?:missing|takes|got an unexpected|got multiple)"
)


def infer(model: nn.Module, run: Callable[[Arguments], Trial], kwargs: Mapping[str, Any] | None = None) -> Arguments:
    """Return inputs that forward accepts, found within about ``MOST_RUNS`` runs.

    Inputs whose batch comes out of forward again are preferred; those that do in one mode alone
    are better than none. ``kwargs`` are values that are known. Raises InputError with what was
    tried and how to give them.
    """
    search = _Search(model, run, kwargs or {})
    for guess in search.guesses():
        arguments = search.accepted(guess)
        if arguments is not None:
            return arguments
        if search.is_over:
            break
    best = search.second_best or search.third_best
    if best is None:
        raise search.error()
    return best


class _Search:
    """The guesses made so far, and how they went."""

    def __init__(self, model: nn.Module, run: Callable[[Arguments], Trial], kwargs: Mapping[str, Any]) -> None:
        self._model = model
        self._run = run
        self._kwargs = kwargs
        self._trials: dict[str, Trial] = {}
        self._specs: dict[str, InputSpec] = {}
        self._corrected: list[Guess] = []
        self._bound = MOST_RUNS
        self.second_best: Arguments | None = None
        self.third_best: Arguments | None = None
        self.is_over = False

    def guesses(self) -> Iterator[Guess]:
        """Yield what has not been tried: each first guess, followed by what its failures suggest."""
        for first in first_guesses(self._model, self._kwargs):
            if texts := [part.name for part in first.parts if part.layout == TEXT]:
                message = f"cannot tell the inputs of {spelled(self._model)}: nobody can guess the text `{texts[0]}`"
                raise InputError(message, hint=what_to_give(first.spec))
            self._corrected = [first]
            for _ in range(_MOST_RUNS_OF_ONE):
                guess = self._untried()
                if guess is None:
                    break
                yield guess

    def accepted(self, guess: Guess) -> Arguments | None:
        """Return the arguments of a guess if it is right; a wrong one leads to others."""
        arguments = self._arguments(guess)
        self._specs[str(guess.spec)] = guess.spec
        trial = self._trials[str(guess.spec)] = self._run(arguments)
        if trial.failure is None:
            if not guess.spec.declares_batch or _keeps_batch(trial, guess.batch):
                return arguments
            self.second_best = self.second_best or arguments
        elif trial.passed and self.third_best is None:
            self.third_best = replace(arguments, unfit={trial.mode: _in_words(trial.failure)})
            self._bound = min(self._bound, self._cost + _MOST_COST_OF_OTHER_MODE)
        if trial.failure is not None:
            self._corrected[:0] = corrections(guess, trial.failure, self._model, trial.code, self._kwargs)
        self.is_over = self._is_hopeless(trial) or self._cost >= self._bound
        return None

    @property
    def _cost(self) -> int:
        return sum(trial.cost for trial in self._trials.values())

    def error(self) -> InputError:
        """Return what was tried, how the best of it went, and what to give."""
        spelling, trial = max(self._trials.items(), key=lambda item: item[1].progress)
        if trial.failure is not None and self._is_hopeless(trial):
            message = f"{spelled(self._model)}, tried with {spelling}, raises {_in_words(trial.failure)}"
            return InputError(message, hint="mend forward; if other inputs do not lead there, give them with --input")
        count = len(self._trials)
        tried = f"tried {count}, {spelling or 'no arguments'} came furthest" if count > 1 else f"tried {spelling}"
        message = f"cannot tell the inputs of {spelled(self._model)}: {tried}: {_in_words(trial.failure)}"
        return InputError(message, hint=what_to_give(self._specs[spelling]))

    def _is_hopeless(self, trial: Trial) -> bool:
        """Return whether a run failed for what no other input mends: a module lacks something, or is called wrongly."""
        failure = trial.failure
        if failure is None or failure.error in _HOPELESS:
            return failure is not None
        found = _OF_A_CLASS.match(failure.message) if failure.error in _OF_CLASSES else None
        if found is None or (found[2] and any(each.default is None for each in parameters(self._model))):
            return False  # what a part misses may be what the model can be given
        return any(type(each).__name__ in found.groups() for each in self._model.modules())

    def _arguments(self, guess: Guess) -> Arguments:
        args, kwargs = materialise(guess.spec, self._model)
        spec = behind_all(guess.spec, self._kwargs)
        return Arguments(args, {**kwargs, **self._kwargs}, str(guess.spec), is_inferred=True, spec=spec)

    def _untried(self) -> Guess | None:
        while self._corrected:
            guess = self._corrected.pop(0)
            if str(guess.spec) not in self._trials and guess.numel <= _MOST_ELEMENTS:
                return guess
        return None


def _keeps_batch(trial: Trial, batch: int) -> bool:
    """Return whether some output, if it has any axes, has one of the batch's size."""
    shapes = [shape for shape in trial.outputs if shape]
    return not shapes or any(batch in shape for shape in shapes)


def _in_words(failure: Failure | None) -> str:
    if failure is None:
        return "no reason given"
    op = short_op(failure.op)
    operands = f" in {op}({', '.join(map(str, failure.operands))})" if op else ""
    place = f" ({shown(failure.source)})" if failure.source else ""
    message = next(iter(failure.message.strip().splitlines()), "")
    return f"{failure.error}: {message}{operands}{place}"


def what_to_give(tried: InputSpec | None) -> str:
    """Return the hint that says how inputs are given, for the arguments of those that were tried."""
    shape = TensorInput(("SHAPE",))
    arguments = tried.with_tensors(lambda _: shape) if tried else shape
    return (
        f'give them: --input "{arguments}", or inputs="…" in Python; a SHAPE is like b x 3 x 224 x 224 '
        "(b is the batch) or 2x16:int64"
    )
