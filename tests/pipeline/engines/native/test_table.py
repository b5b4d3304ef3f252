"""Modules as records: kinds, parameters, lines."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from tests.pipeline.engines.native.capturing import topology_of
from tests.projects import write
from visunn_lint.pipeline.engines.native.table import public_name
from visunn_lint.records import Param

if TYPE_CHECKING:
    import pytest


def test_kind_is_the_public_name() -> None:
    """The name to import a class by, not the private place it is defined in."""
    assert [public_name(cls) for cls in (nn.Conv2d, nn.MultiheadAttention, Tied)] == [
        "torch.nn.Conv2d",
        "torch.nn.MultiheadAttention",
        f"{__name__}.Tied",
    ]


class Tied(nn.Module):
    """Shares one weight between two layers, and one layer between two names."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Embedding(10, 4)
        self.head = nn.Linear(4, 10, bias=False)
        self.head.weight = self.embed.weight
        self.again = self.head

    def forward(self, x: Tensor) -> Tensor:
        """Return logits of tokens."""
        result: Tensor = self.again(self.embed(x))
        return result


def test_shared_weight_names_the_others() -> None:
    """A tied parameter is counted once, and each of its places knows the others."""
    topology = topology_of(Tied(), torch.zeros(2, 3, dtype=torch.int64))
    assert topology["embed"].params == (Param("embed.weight", (10, 4), "float32", shared_with=("head.weight",)),)
    assert topology["head"].params == (Param("head.weight", (10, 4), "float32", shared_with=("embed.weight",)),)
    assert topology.parameter_count == 40


def test_weight_that_is_tied_in_forward_is_shared() -> None:
    """The table tells what the run came to, also of a module that held no parameter before."""

    class Tying(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embed, self.head = nn.Linear(3, 3), nn.Identity()

        def forward(self, x: Tensor) -> Tensor:
            self.head.weight = self.embed.weight
            return self.embed(x) @ self.head.weight  # type: ignore[no-any-return]

    topology = topology_of(Tying(), torch.ones(2, 3))
    assert [param.shared_with for param in topology["embed"].params] == [("head.weight",), ()]


def test_module_under_two_names_is_one() -> None:
    """The first name is its path, the second an alias by which it is found too."""
    topology = topology_of(Tied(), torch.zeros(2, 3, dtype=torch.int64))
    assert topology["again"] is topology["head"]
    assert topology["head"].aliases == ("again",)
    assert [call.key for call in topology["again"].calls] == [("head", 0)]


def test_module_knows_the_line_that_assigns_it() -> None:
    """For a live instance the line is found in the class of its parent."""
    place = topology_of(Tied(), torch.zeros(2, 3, dtype=torch.int64))["head"].source
    assert place is not None
    line = Path(__file__).read_text(encoding="utf-8").splitlines()[place.line - 1]
    assert line.strip() == "self.head = nn.Linear(4, 10, bias=False)"


def test_module_of_a_project_that_is_linked_into_an_environment_has_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the user's own, wherever Python finds it."""
    text = """
        from torch import nn

        class Linked(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(2, 2)

            def forward(self, x):
                return self.fc(x)
    """
    write(tmp_path, {"project/linked_net.py": text, "site-packages/other.py": ""})
    (tmp_path / "site-packages" / "linked_net.py").symlink_to(tmp_path / "project" / "linked_net.py")
    monkeypatch.syspath_prepend(tmp_path / "site-packages")
    place = topology_of(import_module("linked_net").Linked(), torch.randn(1, 2)).modules["fc"].source
    assert place is not None
    assert place.line == 7


def test_lazy_module_has_the_shapes_of_the_run_and_stays_lazy() -> None:
    """The topology knows what the run decided; the user's module does not."""
    model = nn.Sequential(nn.LazyLinear(3))
    topology = topology_of(model, torch.ones(2, 5))
    assert [param.shape for param in topology.params] == [(3, 5), (3,)]
    assert [node.short_op for node in topology.ops()] == ["linear"]
    assert isinstance(model[0], nn.LazyLinear)
