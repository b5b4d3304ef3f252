"""What containers hold, whatever their class says."""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import visunn_lint
from visunn_lint.pipeline.engines.native.atoms import contents


def _refuse(_: object, *__: object) -> Any:  # noqa: ANN401 -- it stands in for methods of all kinds
    raise NotImplementedError


def _unwilling(base: type, value: object) -> Any:  # noqa: ANN401 -- of a class that is made here
    """Return a container that neither tells its length nor lets itself be gone through."""
    names = ("__len__", "__iter__", "__getitem__", "keys", "values", "items")
    return type("Unwilling", (base,), dict.fromkeys(names, _refuse))(value)


_KINDS = ("list", "tuple", "set", "frozenset", "deque", "dict")
_CONTAINERS = [
    *(_unwilling(kind, [1, 2]) for kind in (list, tuple, set, frozenset, deque)),
    _unwilling(dict, [("a", 1), ("b", 2)]),
]


@pytest.mark.parametrize("container", _CONTAINERS, ids=_KINDS)
def test_a_container_is_read_as_what_it_is_derived_from(container: object) -> None:
    """Its own methods are for what it means to its users."""
    assert sorted(contents(container)) == [1, 2]


def test_an_ordered_dict_has_an_order_of_its_own() -> None:
    """Other than that of the dict beneath it."""
    ordered = OrderedDict(a=1, b=2)
    ordered.move_to_end("a")
    assert contents(ordered) == [2, 1]


class _Holder(nn.Module):
    def __init__(self, held: object) -> None:
        super().__init__()
        self.held, self.fc = held, nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.fc(x)
        return out


@pytest.mark.parametrize("container", _CONTAINERS, ids=_KINDS)
def test_a_model_may_hold_one(container: object) -> None:
    """As e3nn's layers do, whose irreps are tuples that have no length."""
    topology = visunn_lint.trace(_Holder([container]), (torch.zeros(2, 4),))
    assert list(topology.modules) == ["", "fc"]
