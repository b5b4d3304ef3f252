"""Programs of views and writes, put together at random: what a capture says of them is what they do, and no more."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, TypeAlias

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from tests.replay import capture_with_tape, eager, replay, same

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Step: TypeAlias = tuple[str, bool]
"""A view or a write, and whether it is of the last view that there is: else of what all are views of."""


def _set(target: Tensor, value: Tensor) -> None:
    target[..., :1] = value


_BASES: Mapping[str, Callable[[Program, Tensor], Tensor]] = {
    "input": lambda _, x: x,
    "parameter": lambda model, _: model.weight,
    "buffer": lambda model, _: model.state,
    "zeros": lambda _, __: torch.zeros(2, 3),  # it has values until data without any is written into it
    "made": lambda _, x: x + 1,
}
_VIEWS: Mapping[str, Callable[[Tensor], Tensor]] = {
    "part": lambda a: a[..., 1:],
    "turned": lambda a: a.transpose(0, -1),
    "detached": lambda a: a.detach(),
}
_WRITES: Mapping[str, Callable[[Tensor, Tensor], object]] = {
    "halve": lambda a, _: a.mul_(0.5),
    "add": lambda a, value: a.add_(value),
    "multiply": lambda a, value: torch.mul(a, value, out=a),
    "set": _set,
}


class Program(nn.Module):
    """Takes views of one tensor and writes into it and them, in some order."""

    weight: nn.Parameter
    state: Tensor

    def __init__(self, base: str, steps: list[Step]) -> None:
        super().__init__()
        self.base, self.steps = base, steps
        self.weight = nn.Parameter(torch.arange(6.0).view(2, 3))
        self.register_buffer("state", torch.arange(6.0, 12.0).view(2, 3))

    def forward(self, x: Tensor) -> Tensor:
        """Return what one of the tensors holds in the end: the last view if the first step says so, else the base.

        Of one alone: a write that is lost to one reader may be there for another.
        """
        value = x.mean() + 2
        there = [_BASES[self.base](self, x)]
        for name, is_of_view in self.steps:
            target = there[-1 if is_of_view else 0]
            if name in _VIEWS:
                there.append(_VIEWS[name](target))
            else:
                _WRITES[name](target, value)
        return there[-1 if self.steps[0][1] else 0] * 1


_STEPS = st.lists(st.tuples(st.sampled_from([*_VIEWS, *_WRITES]), st.booleans()), min_size=2, max_size=5)


@settings(max_examples=300)
@given(st.sampled_from([*_BASES]), _STEPS)
def test_a_program_can_be_run_again_along_its_edges(base: str, steps: list[Step]) -> None:
    """No write is lost, whichever way its memory is reached, and none reaches what is the user's."""
    model, x = Program(base, steps), torch.linspace(-1, 1, 6).view(2, 3)
    before = [tensor.clone() for tensor in (x, model.weight, model.state)]
    with torch.no_grad():
        expected = eager(deepcopy(model), (x.clone(),))
        captured = capture_with_tape(model, (x,))
        assert same(replay(captured), expected)
    assert all(map(torch.equal, (x, model.weight, model.state), before))
    outputs = [record for record in captured.recording.ledger.records if record.kind == "output"]
    assert [spec.shape for record in outputs for spec in record.seen] == [tensor.shape for tensor in expected]
