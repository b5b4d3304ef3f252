"""What forward takes by name from a batch: the keys that it asks for, as the failures tell one by one."""

from __future__ import annotations

import re
from inspect import Parameter
from typing import TYPE_CHECKING, Final

from visunn_lint.pipeline.inputs.guesses import with_parameter
from visunn_lint.pipeline.inputs.signature import inner_model, parameters

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch import nn

    from visunn_lint.pipeline.inputs.guess import Guess
    from visunn_lint.records import Failure

_BY_KEY: Final = re.compile(r"""(\w+)\[\s*(?P<quote>['"])(\w+)(?P=quote)\s*\]""")
_AS_MAPPING: Final = re.compile(
    r"'Tensor' object has no attribute '(get|items|keys|values|pop)'|__contains__ only supports Tensor or scalar"
)


def by_key(guess: Guess, failure: Failure, code: Sequence[str], model: nn.Module) -> Iterator[Guess]:
    """Yield guesses with one more value by name, for a failure that asks for it; a batch was no tensor then.

    ``code`` are the statements that failed, the innermost first.
    """
    if failure.error == "KeyError":
        key = failure.message.strip("'\"")
        yield from (_with(guess, holder, key, model) for holder in _holders(guess, model) if key.isidentifier())
        return
    if _AS_MAPPING.search(failure.message):
        yield from (guess.with_layout(name, {}) for name in guess.tensors if _names(name, code))
    for statement in code:
        for name, _, key in _BY_KEY.findall(statement):
            if name in guess.tensors:
                yield _with(guess.with_layout(name, {}), name, key, model)


def _with(guess: Guess, holder: str, key: str, model: nn.Module) -> Guess:
    """Return the guess with a value under a key of one parameter; of forward's own, where that is ""."""
    return with_parameter(guess, inner_model(model), Parameter(key, Parameter.KEYWORD_ONLY), holder)


def _holders(guess: Guess, model: nn.Module) -> Iterator[str]:
    """Yield the parameters that may hold what is asked for by a key, ``**batch`` as ""."""
    yield from guess.mappings
    if any(each.kind is Parameter.VAR_KEYWORD for each in parameters(model)):
        yield ""


def _names(name: str, code: Sequence[str]) -> bool:
    return any(re.search(rf"\b{name}\b", statement) for statement in code)
