"""A guess that failed, seen from one of its inputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from visunn_lint.pipeline.inputs.consumers import SIZE, words
from visunn_lint.pipeline.inputs.guesses import start_size
from visunn_lint.pipeline.inputs.settings import parts_of
from visunn_lint.spec import TensorInput

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import nn

    from visunn_lint.pipeline.inputs.guess import Guess
    from visunn_lint.records import Failure


@dataclass(frozen=True, slots=True)
class Trouble:
    """A guess, the failure that it led to, and the layer in which that happened, if torch's own.

    ``name`` is the parameter of forward that is to blame, as far as can be told.
    """

    guess: Guess
    failure: Failure
    layer: nn.Module | None
    name: str
    is_direct: bool
    """Whether the op that failed was given that very input, rather than something made from it."""

    @property
    def layout(self) -> TensorInput:
        """The layout of the input that is to blame."""
        return self.guess.tensors[self.name]

    def instead(self, *dims: int | str, dtype: str | None = None) -> Guess:
        """Return the guess with another shape for the input that is to blame."""
        return self.put(TensorInput(dims, dtype))

    def put(self, value: TensorInput) -> Guess:
        """Return the guess with another layout for the input that is to blame, and a length that suits it."""
        has_same_rank = len(value.dims) == len(self.layout.dims)
        are_signals = value.dtype is None and value.dims.count(SIZE) == self.layout.dims.count(SIZE) == 1
        size = max(start_size(value), self.guess.about(self.name).size if are_signals else 0)
        return self.guess.with_layout(self.name, value, 0 if has_same_rank else size)


def troubles(guess: Guess, failure: Failure, model: nn.Module) -> Iterator[Trouble]:
    """Yield the failure as one of each input, that of the likeliest first."""
    operands = [operand.shape for operand in failure.operands]
    direct = [name for name, value in guess.concrete.items() if value.dims in operands]
    layer = dict(model.named_modules()).get(failure.module)
    is_unseen = not failure.op and type(layer).__module__.startswith("torch.nn")
    said = words(failure.module)
    seen: set[int] = set()
    for name in sorted(guess.tensors, key=lambda each: (each not in direct, not said & parts_of(each))):
        focused = guess.about(name)
        if focused.focus not in seen:
            yield Trouble(focused, failure, layer, name, name in direct or (is_unseen and not direct))
        seen.add(focused.focus)
