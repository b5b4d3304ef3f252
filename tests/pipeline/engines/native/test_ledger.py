"""The names of nodes: where they come from, and that no two are alike."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tests.pipeline.engines.native.capturing import topology_of


class Inner(nn.Module):
    """Adds its offset twice."""

    def __init__(self) -> None:
        super().__init__()
        self.offset = nn.Parameter(torch.zeros(3))

    def forward(self, x: Tensor) -> Tensor:
        """Return the sum."""
        return x + self.offset + self.offset


class Outer(nn.Module):
    """Calls one module twice, under a key that no name may hold."""

    def __init__(self) -> None:
        super().__init__()
        self.parts = nn.ModuleDict({"in/ner": Inner()})

    def forward(self, x: Tensor) -> Tensor:
        """Return what the second call makes of the first."""
        part = self.parts["in/ner"]
        return part(part(x)) * 2  # type: ignore[no-any-return]


def test_nodes_are_named_after_where_they_come_from() -> None:
    """The call, of which a second one has its number; ops of one name are counted; what is stored has its module."""
    assert list(topology_of(Outer(), torch.ones(2, 3)).nodes) == [
        "Outer/input/x",
        "Outer/parts/in_ner/offset",
        "Outer/parts/in_ner/add",
        "Outer/parts/in_ner/add_1",
        "Outer/parts/in_ner.1/add",
        "Outer/parts/in_ner.1/add_1",
        "Outer/mul",
        "Outer/output/0",
    ]


def test_a_call_holds_the_names_of_its_nodes() -> None:
    """What went in and came out of it, by name and slot."""
    calls = topology_of(Outer(), torch.ones(2, 3))["parts.in/ner"].calls
    assert [([slot.node for slot in call.inputs], [slot.node for slot in call.outputs]) for call in calls] == [
        (["Outer/input/x"], ["Outer/parts/in_ner/add_1"]),
        (["Outer/parts/in_ner/add_1"], ["Outer/parts/in_ner.1/add_1"]),
    ]


def test_parameters_under_names_that_torch_refuses_have_one() -> None:
    """Who writes past ``register_parameter`` may use dots, or nothing at all."""
    model = Inner()
    model._parameters["a.b"] = model._parameters[""] = nn.Parameter(torch.zeros(3))  # noqa: SLF001 -- as some do
    model._parameters["deep.c"] = nn.Parameter(torch.zeros(3))  # noqa: SLF001 -- likewise

    class Reading(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = model

        def forward(self, x: Tensor) -> Tensor:
            return x + self.inner._parameters["deep.c"] + self.inner._parameters[""]  # type: ignore[operator]  # noqa: SLF001 -- likewise

    stored = [name for name, node in topology_of(Reading(), torch.ones(3)).nodes.items() if node.kind == "param"]
    assert stored == ["Reading/inner/c", "Reading/inner/b"]
