"""Calls of torch's own layers are recorded without being run, and nothing else changes by that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch
import torchvision
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.modules.module import register_module_forward_hook

from tests.pipeline.engines.native.capturing import reads, topology_of
from visunn_lint.pipeline import capture
from visunn_lint.pipeline.engines.engine import Request
from visunn_lint.pipeline.engines.native.layers import Layers, Setting
from visunn_lint.pipeline.engines.native.run import run
from visunn_lint.pipeline.engines.native.rungs import RealRung
from visunn_lint.pipeline.engines.native.specs.memory import CHECKING, MEMORY
from visunn_lint.pipeline.engines.native.write import write

if TYPE_CHECKING:
    from collections.abc import Callable

    from visunn_lint.records import Mode

X = torch.ones(2, 3, 16, 16)


pytestmark = pytest.mark.usefixtures("cold")


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the layers that were run, by their class."""
    found: list[str] = []
    run = Layers._watched  # noqa: SLF001 -- nothing outside tells whether a layer ran

    def noting(self: Layers, key: object, layer: nn.Module, *rest: object) -> object:
        found.append(type(layer).__name__)
        return run(self, key, layer, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Layers, "_watched", noting)
    return found


def ops(model: nn.Module, x: Tensor = X) -> list[str]:
    """Return the ops of a model by their short names."""
    return [node.short_op for node in topology_of(model, x).ops()]


def test_layers_that_are_set_up_alike_are_run_once(watched: list[str]) -> None:
    """Sizes of weights may differ, in one capture and in the next; a bias, a rank or a way to pad may not."""
    model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Conv2d(8, 4, 3), nn.Conv2d(4, 4, 1))
    for _ in range(2):
        topology_of(model, X)
    topology_of(nn.Conv2d(3, 5, 3, bias=False), X)
    topology_of(nn.Conv2d(3, 5, 3), X[0])
    assert watched == ["Conv2d"] * 3


def test_convolution_hands_on_how_it_moves(watched: list[str]) -> None:
    """Stride, padding, dilation and groups need no run of their own, and are written down as they are."""
    settings: list[dict[str, Any]] = [
        {"stride": 2},
        {"stride": (1, 2), "padding": 1},
        {"padding": (2, 1), "dilation": 2},
        {"groups": 3},
        {"padding": "same"},
    ]
    ways = ["stride", "padding", "dilation", "groups"]
    for each in settings:
        layer = nn.Conv2d(3, 6, 3, **each)
        [node] = topology_of(layer, X).ops()
        assert (node.output_specs[0].shape, [node.attributes[way] for way in ways]) == (  # type: ignore[union-attr]
            tuple(layer(X).shape),
            [getattr(layer, way) for way in ways],
        )
    assert watched == ["Conv2d"]
    failure = capture(nn.Conv2d(3, 6, 3, stride=True), (X,)).table.failure  # equal to 1, and nothing that torch takes
    assert failure is not None
    assert failure.error == "TypeError"


@pytest.mark.parametrize("given", [{"stride": 1.5}, {"stride": True}, {"groups": 1.0}, {"dilation": [1, "1"]}], ids=str)
def test_convolution_that_torch_refuses_is_told_alike_whatever_came_before(given: dict[str, Any]) -> None:
    """With the same failure and the same nodes, known plan or not."""
    layer = nn.Conv2d(3, 6, 3)
    vars(layer).update(given)
    first = capture(layer, (X,))
    topology_of(nn.Conv2d(3, 6, 3), X)
    second = capture(layer, (X,))  # the line of the call is another
    assert first.table.failure is not None
    assert second.table.failure == first.table.failure
    assert [node.name for node in second.graph.node] == [node.name for node in first.graph.node]


def test_convolution_that_pads_by_itself_runs(watched: list[str]) -> None:
    """It makes two ops, of which the first reads another attribute; and learning from it does not mislead others."""
    model = nn.Sequential(nn.Conv2d(3, 3, 3, padding=1, padding_mode="reflect"), nn.Conv2d(3, 3, 3, padding=2))
    assert ops(model) == ["pad", "conv2d", "conv2d"]
    assert watched == ["Conv2d"]


@pytest.mark.parametrize("mode", ["eval", "train"])
@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v2", "shufflenet_v2_x0_5"])
def test_capture_is_the_same_with_all_layers_run(name: str, mode: Mode, monkeypatch: pytest.MonkeyPatch) -> None:
    """Node by node, with names, lines, edges and specs; and so is the table of modules."""
    with torch.device("meta"):
        model = getattr(torchvision.models, name)()
    captures = []
    for key in (Layers._setting, lambda *_: None):  # noqa: SLF001 -- nothing outside has layers run
        monkeypatch.setattr(Layers, "_setting", key)
        MEMORY.forget()
        captures.append(capture(model, (X,), mode=mode))  # on one line: it is that of the call of the root
    told, run = captures
    assert list(told.graph.node) == list(run.graph.node)
    assert told.table == run.table


def test_norm_that_counts_its_batches_is_run_once(watched: list[str]) -> None:
    """In train it adds one to a buffer first: two ops, in their order, with the lines that a run gives them."""
    model = nn.Sequential(*[nn.BatchNorm2d(3) for _ in range(3)])
    topology = topology_of(model, X, mode="train")
    assert watched == ["BatchNorm2d"]
    assert [node.short_op for node in topology.ops()] == ["add_", "batch_norm"] * 3
    assert int(model.state_dict()["2.num_batches_tracked"]) == 0


def test_norm_that_averages_over_all_batches_is_run(watched: list[str]) -> None:
    """Its momentum is a number that comes out of the count: no two calls need be alike."""
    norm = nn.BatchNorm2d(3, momentum=None)
    topology = topology_of(nn.Sequential(norm, norm), X, mode="train")
    assert [node.attributes["momentum"] for node in topology.ops("batch_norm")] == [1.0, 0.5]
    assert watched == ["BatchNorm2d"]


class Transposed(torch.Tensor):
    """A weight that is kept the other way round, as its own ``linear`` knows."""

    @classmethod
    def __torch_function__(
        cls, func: object, types: object, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:  # noqa: ANN401 -- torch's protocol
        """Return what torch makes of it, the weight turned for ``linear``."""
        if func is functional.linear:
            x, weight, bias = args
            with torch._C.DisableTorchFunctionSubclass():  # noqa: SLF001 -- as such classes do
                return functional.linear(x, weight.as_subclass(torch.Tensor).t(), bias)
        return super().__torch_function__(func, types, args, kwargs or {})  # type: ignore[no-untyped-call]  # torch's


def test_layer_whose_weight_has_ways_of_its_own_is_run() -> None:
    """What another layer of the class has done tells nothing of it."""
    odd = nn.Linear(4, 6)
    odd.weight = nn.Parameter(torch.randn(4, 6).as_subclass(Transposed))
    topology = topology_of(nn.Sequential(nn.Linear(4, 4), odd), torch.ones(2, 4))
    assert topology.failure is None
    assert topology["1"].output_shape == (2, 6)


@pytest.mark.parametrize("tied_first", [False, True])
def test_tied_tensors_are_no_mismatch(tied_first: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001 -- a parameter
    """Which of a layer's tensors an op reads is not told by a tensor that stands for two."""
    tied = nn.BatchNorm2d(3)
    tied.bias = tied.weight
    model = nn.Sequential(*[nn.BatchNorm2d(3), tied][:: -1 if tied_first else 1])
    reference = [node.short_op for node in topology_of(model, X, mode="train").ops()]
    monkeypatch.setenv(CHECKING, "1")
    MEMORY.forget()
    made = capture(model, (X,), mode="train")
    assert (made.table.captured.rung, reference) == ("meta", ["add_", "batch_norm"] * 2)


def test_norm_without_an_epsilon_fails_after_one_that_has_it() -> None:
    """Torch refuses it in training."""
    model = nn.Sequential(nn.BatchNorm2d(3), nn.BatchNorm2d(3, eps=0.0))
    failure = capture(model, (X,), mode="train").table.failure
    assert failure is not None
    assert (failure.module, failure.error) == ("1", "ValueError")


def test_real_run_is_the_same_with_all_layers_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plans are followed on real tensors too, where every op of theirs runs."""
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(inplace=True), nn.Conv2d(4, 4, 3))
    captures = []
    for key in (Layers._setting, lambda *_: None):  # noqa: SLF001 -- nothing outside has layers run
        monkeypatch.setattr(Layers, "_setting", key)
        MEMORY.forget()
        request = Request(nn.Sequential(model, model[3:]), (X,), mode="train")
        captures.append(write(run(request, RealRung(), with_grad=False), rung="real"))
    assert list(captures[0].graph.node) == list(captures[1].graph.node)


def test_function_of_torch_that_is_replaced_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some layers call torch's own, not the functional one."""
    assert ops(nn.Sigmoid()) == ["sigmoid"]
    monkeypatch.setattr(torch, "sigmoid", lambda x: x.tanh())
    assert ops(nn.Sigmoid()) == ["tanh"]


def test_replaced_forward_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """What somebody puts in the place of a layer's ``forward`` is not torch's, whatever was known before."""
    assert ops(nn.ReLU()) == ["relu"]
    monkeypatch.setattr(nn.ReLU, "forward", lambda _self, x: x * 2)
    assert ops(nn.ReLU()) == ["mul"]


def test_replaced_function_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """So is what somebody puts in the place of a function that the layer calls."""
    assert ops(nn.ReLU()) == ["relu"]
    monkeypatch.setattr(functional, "relu", lambda x, **_: x.sigmoid())
    assert ops(nn.ReLU()) == ["sigmoid"]


def test_hook_of_one_layer_runs() -> None:
    """A layer with a hook is no ordinary one."""
    model = nn.Sequential(nn.ReLU(), nn.ReLU(), nn.ReLU())
    model[1].register_forward_hook(lambda _module, _args, result: result + 1)
    assert ops(model) == ["relu", "relu", "add", "relu"]


def test_hook_of_all_modules_runs() -> None:
    """Neither is any, while there is a hook for all."""
    assert ops(nn.ReLU()) == ["relu"]
    handle = register_module_forward_hook(lambda _module, _args, result: result + 1)
    try:
        assert ops(nn.ReLU()) == ["relu", "add"]
    finally:
        handle.remove()


def test_forward_of_the_instance_runs() -> None:
    """A function on the instance stands before that of the class."""
    model = nn.Sequential(nn.ReLU(), nn.ReLU())
    model[1].forward = torch.sigmoid
    assert ops(model) == ["relu", "sigmoid"]


def test_write_of_a_layer_is_read_by_views() -> None:
    """An activation in place gives back what it was given, and readers of the input read it."""

    class Reading(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.second = nn.ReLU(inplace=True), nn.ReLU(inplace=True)

        def forward(self, x: Tensor) -> Tensor:
            y, z = x * 2, x * 3
            self.first(y)
            self.second(z.view(-1))
            return y + z

    assert reads(topology_of(Reading(), X)) == [
        ("mul", ["x"]), ("mul", ["x"]), ("relu", ["mul"]), ("view", ["mul"]), ("relu", ["view"]),
        ("add", ["relu", "relu"]), ("output 0", ["add"]),
    ]  # fmt: skip


class Wrapped:
    """Stands in front of a function, equals it, and calls it twice."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function

    def __call__(self, *args: object, **kwargs: object) -> object:
        """Return what the second call makes of the first."""
        return self.function(self.function(*args, **kwargs), **kwargs)

    def __eq__(self, other: object) -> bool:
        """Return whether it is the function that it stands in front of."""
        return other is self.function or self is other

    def __hash__(self) -> int:
        """Return the hash of that one."""
        return hash(self.function)


def test_function_that_is_replaced_by_one_that_equals_it_is_called() -> None:
    """Neither equality nor a hash tells one from the other, and the model itself may put it there."""

    class Replacing(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.relu = nn.ReLU()

        def forward(self, x: Tensor) -> Tensor:
            first: Tensor = self.relu(self.relu(x))
            original = functional.relu
            functional.relu = Wrapped(original)  # type: ignore[assignment]  # that is the point
            try:
                return self.relu(first)  # type: ignore[no-any-return]
            finally:
                functional.relu = original

    assert [node.short_op for node in topology_of(Replacing(), torch.ones(2)).ops()] == ["relu"] * 4


def test_wrong_plan_is_noticed_when_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the switch set, a layer that does not do what was foreseen ends the run on meta."""
    monkeypatch.setattr(Layers, "_setting", lambda *_: Setting("the same for all", b""))
    monkeypatch.setenv(CHECKING, "1")
    made = capture(nn.Sequential(nn.ReLU(), nn.Sigmoid()), (X,))
    assert made.table.captured.rung == "real"
    assert made.table.captured.reason.startswith("a Sigmoid calls (PlannedOp(")
