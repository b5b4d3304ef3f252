"""Ops whose outcome is known from the specs of their operands are not run, and nothing else changes by that."""

from __future__ import annotations

import warnings
from collections import Counter
from typing import TYPE_CHECKING

import pytest
import torch
from torch import Tensor, nn

from tests.pipeline.engines.native.capturing import reads, topology_of
from tests.pipeline.engines.native.test_data_flow import Function
from visunn_lint.pipeline import capture
from visunn_lint.pipeline.engines.native.foresight import Foresight
from visunn_lint.pipeline.engines.native.rungs import MetaRung
from visunn_lint.pipeline.engines.native.specs.layout import fresh
from visunn_lint.pipeline.engines.native.specs.memory import CHECKING, MEMORY, Entry

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.usefixtures("cold")


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Return a count of the ops that a capture runs, by name."""
    counts: Counter[str] = Counter()
    run = MetaRung.run

    def counting(self: MetaRung, func: object, *rest: object) -> object:
        counts[getattr(func, "__name__", "")] += 1
        return run(self, func, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(MetaRung, "run", counting)
    return counts


def test_known_families_do_not_run(ran: Counter[str]) -> None:
    """Convolution, norm, activation and pooling are told; the view that follows runs."""
    model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8), nn.ReLU(inplace=True), nn.MaxPool2d(2), nn.Flatten())
    topology = topology_of(model, torch.ones(2, 3, 8, 8))
    assert dict(ran) == {"flatten": 1}
    assert [node.output_specs[0] and node.output_specs[0].shape for node in topology.ops()] == [
        (2, 8, 6, 6), (2, 8, 6, 6), (2, 8, 6, 6), (2, 8, 3, 3), (2, 72),
    ]  # fmt: skip


def test_what_ran_once_is_remembered(ran: Counter[str]) -> None:
    """A layout that no spec function knows is run once, in this capture and in all that follow."""

    def forward(x: Tensor) -> Tensor:
        return x.t().sigmoid() + x.t().sigmoid()

    for _ in range(2):
        topology_of(Function(forward), torch.ones(4, 3))
    assert ran["sigmoid"] == 1


def looked_at(x: Tensor) -> Tensor:
    """Return what many looks at one memory come to, written through some of them."""
    y = x.view(4, -1) * 2
    left, right = y.chunk(2, dim=1)
    right[:, :1].add_(left.t().contiguous()[0].unsqueeze(-1))
    same = y.contiguous()
    first, *_ = torch.split(same.flatten().reshape(2, -1), [1, 1])
    y.unsqueeze_(0)
    return y.squeeze(0).permute(1, 0)[..., None, 1:] + first.expand(3, -1).T.sum()


def test_looks_are_recorded_as_if_nothing_was_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names, edges, specs, arguments and lines, through writes and through an operand that is given back."""
    graphs = []
    for foresee in (Foresight.of, lambda *_: None):
        monkeypatch.setattr(Foresight, "of", foresee)
        MEMORY.forget()
        graphs.append(list(capture(Function(looked_at), (torch.ones(2, 6),)).graph.node))
    assert graphs[0] == graphs[1]


def test_a_look_that_fails_is_told_with_its_op() -> None:
    """The op, its operand's shape and the error, as of any op."""
    failure = capture(Function(lambda x: (x * 2).view(5, 5)), (torch.ones(2, 3),)).table.failure
    assert failure is not None
    assert (failure.op, [str(spec) for spec in failure.operands], failure.error) == (
        "aten::view", ["float32[2,3]"], "RuntimeError",
    )  # fmt: skip


def _scripted(x: Tensor) -> Tensor:
    x.squeeze_(1)
    return x


def _by_script(x: Tensor) -> Tensor:
    y = x * 1
    with warnings.catch_warnings(action="ignore"):  # torch calls its script deprecated
        torch.jit.script(_scripted)(y)
    return y.relu()


def _by_set(x: Tensor) -> Tensor:
    y = x * 1
    y.set_(torch.ones(2, 4))  # type: ignore[call-overload]  # torch takes a tensor too
    return y.relu()


def _unseen(x: Tensor) -> Tensor:
    y = x * 1
    with torch._C.DisableTorchFunction():  # noqa: SLF001 -- as C++ code is not seen
        y.squeeze_(1)
    return y.relu()


@pytest.mark.parametrize("forward", [_by_script, _by_set, _unseen])
def test_shape_that_changed_unseen_is_not_the_one_from_before(forward: Callable[[Tensor], Tensor]) -> None:
    """A script, ``set_`` and C++ code change a tensor without a word; torch counts the write."""
    relu = topology_of(Function(forward), torch.ones(2, 1, 4)).ops("relu")[0]
    assert [spec and spec.shape for spec in (*relu.input_specs, *relu.output_specs)] == [(2, 4), (2, 4)]


def test_gradients_are_left_to_torch(ran: Counter[str]) -> None:
    """Where autograd watches, every op runs."""

    def forward(x: Tensor) -> Tensor:
        with torch.enable_grad():
            return x.relu()

    topology_of(Function(forward), torch.ones(4, 3))
    assert ran["relu"] == 1


def test_write_that_overlaps_its_operand_runs(ran: Counter[str]) -> None:
    """Two views of one memory are no case to foretell."""

    def forward(x: Tensor) -> Tensor:
        y = x * 2
        y[0].add_(y[1])
        return y

    topology_of(Function(forward), torch.ones(2, 3))
    assert (ran["add_"], ran["mul"]) == (1, 0)


def test_foretold_write_is_read_by_all_views() -> None:
    """A reader of a view reads the write into its base."""

    def forward(x: Tensor) -> Tensor:
        y = x * 2
        view = y.view(-1)
        torch.nn.functional.relu(y, inplace=True)
        return view + 1

    assert reads(topology_of(Function(forward), torch.ones(2, 3))) == [
        ("mul", ["x"]), ("view", ["mul"]), ("relu", ["mul"]), ("add", ["relu"]), ("output 0", ["add"]),
    ]  # fmt: skip


def test_weight_written_to_after_it_was_read_is_one_node() -> None:
    """A parameter that needed no stand-in at first gets one when something writes into it."""

    class Scaled(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.ones(3))

        def forward(self, x: Tensor) -> Tensor:
            y = x * self.weight
            self.weight.mul_(2)
            return y * self.weight

    model = Scaled()
    assert reads(topology_of(model, torch.ones(2, 3))) == [
        ("mul", ["x", "weight"]), ("mul_", ["weight"]), ("mul", ["mul", "mul_"]), ("output 0", ["mul"]),
    ]  # fmt: skip
    assert torch.equal(model.weight, torch.ones(3))


def test_wrong_memory_is_noticed_when_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the switch set, an outcome that differs from the kernel's ends the run on meta."""
    wrong = Entry(fresh((1,), torch.float32), "aten::relu", {})
    monkeypatch.setattr(MEMORY, "find", lambda *_: wrong)
    monkeypatch.setenv(CHECKING, "1")
    made = capture(Function(lambda x: x.relu()), (torch.ones(2, 3),))
    assert made.table.captured.rung == "real"
    assert "aten::relu" in made.table.captured.reason
    assert "foreseen was" in made.table.captured.reason
