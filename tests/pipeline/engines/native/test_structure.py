"""What becomes of the containers that a model is given."""

from __future__ import annotations

from collections import OrderedDict, namedtuple
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils import _pytree as pytree

from tests.pipeline.engines.native.capturing import reads, topology_of
from visunn_lint.pipeline.engines.native.structure import map_leaves

if TYPE_CHECKING:
    from collections.abc import Callable

Pair = namedtuple("Pair", "first second")  # noqa: PYI024 -- as users write them


@dataclass
class State:
    """Holds a tensor."""

    held: Any


@dataclass(slots=True)
class Slotted:
    """Has no dict."""

    held: Any


class Given(nn.Module):
    """A module whose forward is a function of whatever it is given."""

    def __init__(self, function: Callable[..., object]) -> None:
        super().__init__()
        self.function = function

    def forward(self, *args: object) -> object:
        """Return what the function does."""
        return self.function(*args)


_X = torch.ones(2)
_CONTAINERS: dict[str, Callable[[], object]] = {
    "tuple": lambda: (_X, 1, (None, [_X])),
    "empty": lambda: ((), [], {}),
    "dict": lambda: {"b": _X, "a": {"c": [_X, "text", 1.5]}},
    "ordered": lambda: OrderedDict(b=_X, a=[_X]),
    "named": lambda: [Pair(_X, (_X, 2))],
    "others": lambda: (slice(1, 2), ..., torch.float32),
    "set": lambda: [{1, 2}, frozenset({3})],
    "dataclass": lambda: [State(_X), {"slotted": Slotted(_X)}],
}


@pytest.mark.parametrize("make", _CONTAINERS.values(), ids=_CONTAINERS)
def test_tensors_are_replaced_as_pytree_does_it(make: Callable[[], object]) -> None:
    """In the same containers, and with the rest as it is; a dataclass within one is no container to it."""

    def twice(tensor: Tensor) -> Tensor:
        return tensor * 2

    given = make()
    assert repr(map_leaves(given, twice)) == repr(pytree.tree_map_only(Tensor, twice, given))


def test_size_stays_one() -> None:
    """It is a tuple that holds no tensors."""
    assert type(map_leaves((torch.Size([2]),), Tensor.neg)[0]) is torch.Size


@pytest.mark.parametrize("cls", [State, Slotted])
def test_dataclass_that_is_given_is_handed_on_itself(cls: Callable[[Tensor], Any]) -> None:
    """Who is given one twice, and writes to it, reads what he wrote."""
    state = cls(torch.ones(2))

    def forward(one: Any, other: Any) -> Tensor:  # noqa: ANN401 -- either class
        one.held = one.held * 2
        return other.held + (one is other)  # type: ignore[no-any-return]

    assert reads(topology_of(Given(forward), state, state)) == [
        ("mul", ["args.1.held"]),
        ("add", ["mul"]),
        ("output 0", ["add"]),
    ]


def test_object_that_reaches_itself_is_given() -> None:
    """It has no end to be gone through to."""
    state = State(None)
    state.held = [state]
    topology = topology_of(Given(lambda x, given: x + len(given.held)), torch.ones(2), state)
    assert [node.attributes for node in topology.ops("add")] == [{"other": 1}]


def test_module_that_is_given_in_a_list_is_that_of_the_model() -> None:
    """Though it is a dataclass as well."""

    @dataclass(eq=False)
    class Scale(nn.Module):
        factor: float = 2.0

        def __post_init__(self) -> None:
            super().__init__()

        def forward(self, x: Tensor) -> Tensor:
            return x * self.factor

    class Holding(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = Scale()

        def forward(self, x: Tensor, parts: list[nn.Module]) -> Tensor:
            return parts[0](x) + (parts[0] is self.inner)  # type: ignore[no-any-return]

    model = Holding()
    topology = topology_of(model, torch.ones(2), [model.inner])
    assert (len(topology["inner"].calls), topology.ops("add")[0].attributes) == (1, {"other": True})
