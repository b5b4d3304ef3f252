"""Stand-ins for the user's tensors, and which of these can wait for theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from torch import Tensor, nn

from tests.pipeline.engines.native.capturing import topology_of
from visunn_lint.errors import InputError
from visunn_lint.pipeline.engines.native.rungs import MetaRung
from visunn_lint.pipeline.engines.native.standins import RealStandIns, are_plain, is_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_PLAIN: Mapping[str, Callable[[], Tensor]] = {
    "parameter": lambda: nn.Parameter(torch.ones(2, 3)),
    "frozen parameter": lambda: nn.Parameter(torch.ones(2), requires_grad=False),
    "buffer": lambda: nn.Buffer(torch.ones(4)),
    "on meta": lambda: torch.ones(3, device="meta"),
    "count": lambda: torch.tensor(0),
    "number": lambda: torch.tensor(1.5),
    "transposed": lambda: torch.ones(2, 3).T,
    "complex": lambda: torch.ones(2, dtype=torch.complex64),
}
_SPECIAL: Mapping[str, Callable[[], Tensor]] = {
    "sparse": lambda: torch.eye(2).to_sparse(),
    "quantized": lambda: torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8),
    "nested": lambda: torch.nested.nested_tensor([torch.ones(1), torch.ones(2)]),
    "conjugated": lambda: torch.ones(2, dtype=torch.complex64).conj(),
    "negated": lambda: torch.ones(2, dtype=torch.complex64).conj().imag,
    "subclass": lambda: torch.ones(2).as_subclass(type("Own", (Tensor,), {})),
    "lazy": nn.UninitializedParameter,
}


def test_memory_that_is_not_there_is_told() -> None:
    """An allocation that fails says what to do."""
    with pytest.raises(InputError, match=r"a run with values takes .* MB of memory, which is too much"):
        RealStandIns().of(torch.empty(1 << 50, device="meta"))


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors", "ignore:.*quantiz.*deprecated")
@pytest.mark.parametrize("special", [None, *_SPECIAL])
def test_many_tensors_are_plain_where_each_of_them_is(special: str | None) -> None:
    """One that is more than a view of a storage is told among others, and alone."""
    tensors: list[Tensor] = [make() for make in _PLAIN.values()]
    if special is not None:
        tensors.insert(2, _SPECIAL[special]())
    assert are_plain(tensors) is all(map(is_plain, tensors)) is (special is None)


def test_what_can_wait_among_many_can_wait_by_itself() -> None:
    """Parameters, and what is no single number: those may steer the control flow."""
    rung, tensors = MetaRung(), {name: make() for name, make in _PLAIN.items()}
    told = set(map(id, rung.deferring(list(tensors.values()))))
    among_many = {name for name, tensor in tensors.items() if id(tensor) in told}
    alone = {name for name, tensor in tensors.items() if rung.defers(tensor)}
    assert among_many == alone - {"complex"} == {"parameter", "frozen parameter", "buffer", "on meta", "transposed"}


def test_parameters_of_inference_mode_are_read_twice_on_meta() -> None:
    """They count no versions, which is asked of a tensor that an op reads again."""
    with torch.inference_mode():
        layer = nn.Linear(4, 4)
    topology = topology_of(nn.Sequential(layer, layer), torch.zeros(2, 4))
    assert topology.captured.rung == "meta"
    assert [node.inputs for node in topology.ops("linear")] == [
        ("Sequential/input/input", "Sequential/0/weight", "Sequential/0/bias"),
        ("Sequential/0/linear", "Sequential/0/weight", "Sequential/0/bias"),
    ]
