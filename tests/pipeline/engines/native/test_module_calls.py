"""Which module was called, within which, and how often; and that torch is left as it was."""

from __future__ import annotations

from pathlib import Path
from threading import Thread
from typing import cast

import torch
from torch import Tensor, nn

from tests.pipeline.engines.native.capturing import topology_of
from visunn_lint.pipeline import capture


class Outer(nn.Module):
    """Calls a child through ``__call__`` and another round it."""

    def __init__(self) -> None:
        super().__init__()
        self.called = nn.Linear(4, 4)
        self.gone_round = nn.ReLU()
        self.absent = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        """Return the positive part of a linear map."""
        return self.gone_round.forward(self.called(x))


def test_direct_call_of_forward_is_a_call_and_told_apart() -> None:
    """``child.forward(x)`` runs the child, round its hooks."""
    topology = topology_of(Outer(), torch.ones(2, 4))
    assert {module.path: (len(module.calls), module.forward_calls) for module in topology} == {
        "": (1, 0),
        "called": (1, 0),
        "gone_round": (1, 1),
        "absent": (0, 0),
    }


def test_call_knows_the_line_that_makes_it() -> None:
    """The source of a call is the caller's expression, columns included."""
    call = topology_of(Outer(), torch.ones(2, 4)).call("called")
    assert call.source is not None
    assert call.source.file == __file__
    line = Path(__file__).read_text(encoding="utf-8").splitlines()[call.source.line - 1]
    assert line[call.source.column - 1 : call.source.end_column - 1] == "self.called(x)"


class Announced(nn.Linear):
    """Has a ``__call__`` of its own in front of Module's."""

    def __call__(self, *args: Tensor) -> Tensor:
        """Return what Module's does."""
        result: Tensor = super().__call__(*args)
        return result


def test_class_with_its_own_call_is_called_once() -> None:
    """An overridden ``__call__`` that goes on to Module's is one call, not two."""
    topology = topology_of(nn.Sequential(Announced(4, 4)), torch.ones(2, 4))
    assert len(topology["0"].calls) == 1


def test_classes_are_as_before_afterwards() -> None:
    """``__call__`` of Module and of subclasses is put back, after success and after an error."""
    before = (nn.Module.__call__, Announced.__call__)
    topology_of(Announced(4, 4), torch.ones(2, 4))
    topology_of(Announced(4, 4), torch.ones(2, 5))
    assert (nn.Module.__call__, Announced.__call__) == before


class CapturesAnother(nn.Module):
    """Captures a model during its own forward."""

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        """Return a linear map, after looking at another model."""
        inner = topology_of(nn.Sequential(nn.Linear(2, 2), nn.ReLU()), torch.ones(1, 2))
        assert [node.short_op for node in inner.ops()] == ["linear", "relu"]
        result: Tensor = self.fc(x)
        return result


def test_captures_may_be_nested() -> None:
    """A capture within a capture sees its own model and leaves the outer one's record alone."""
    topology = topology_of(CapturesAnother(), torch.ones(2, 4))
    assert topology.failure is None
    assert [node.short_op for node in topology.ops(module="fc")] == ["linear"]


class RunsAThread(nn.Module):
    """Runs a module of somebody else's on another thread."""

    def __init__(self, other: nn.Module) -> None:
        super().__init__()
        self.others = (other,)
        self.seen: list[torch.Size] = []

    def forward(self, x: Tensor) -> Tensor:
        """Return the input plus how many threads have run."""
        thread = Thread(target=lambda: self.seen.append(self.others[0](torch.ones(3, 4)).shape))
        thread.start()
        thread.join()
        return x + len(self.seen)


def test_other_threads_are_not_captured() -> None:
    """A module called on another thread runs as it does without visunn."""
    topology = topology_of(RunsAThread(nn.Linear(4, 4)), torch.ones(2, 4))
    assert [node.short_op for node in topology.ops()] == ["add"]
    assert [module.path for module in topology if module.calls] == [""]


def test_fused_encoder_layer_shows_its_children() -> None:
    """Torch's fast path would run an encoder layer without calling any of its modules."""
    topology = topology_of(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), torch.ones(2, 3, 8))
    called = [module.path for module in topology if module.calls]
    assert called == ["", "self_attn", "linear1", "dropout", "linear2", "norm1", "norm2", "dropout1", "dropout2"]
    assert torch.backends.mha.get_fastpath_enabled()


def test_compiled_model_is_captured_as_written() -> None:
    """``torch.compile`` wraps a model; paths and ops are those of what it wraps."""
    model = nn.Sequential(nn.Sequential(nn.Linear(4, 4)), nn.ReLU())
    model.register_module("0", cast("nn.Module", torch.compile(model[0])))
    topology = topology_of(model, torch.ones(2, 4))
    assert topology.failure is None
    assert [module.path for module in topology] == ["", "0", "0.0", "1"]
    assert [node.short_op for node in topology.ops()] == ["linear", "relu"]


def test_modules_in_plain_containers_have_paths() -> None:
    """What torch does not know of is captured under the name of where it is held."""
    model = Outer()
    vars(model)["layers"] = [nn.Linear(4, 4), {"act": nn.ReLU()}]
    table = capture(model, (torch.ones(2, 4),)).table
    held = {module.path: (module.registered, module.container) for module in table.modules if not module.registered}
    assert held == {"layers[0]": (False, "list"), "layers[1]['act']": (False, "list")}


class Trying(nn.Module):
    """Calls its norm with an argument that some have, and without where it has not, as wrappers of many layers do."""

    def __init__(self, norm: nn.Module) -> None:
        super().__init__()
        self.norm, self.head = norm, nn.Linear(4, 4)

    def forward(self, x: Tensor) -> Tensor:
        """Return what the head makes of normed features."""
        try:
            x = self.norm(x, lengths=1)
        except TypeError:
            x = self.norm(x)
        out: Tensor = self.head(x)
        return out


class Made(nn.BatchNorm1d):
    """A norm of four features."""

    def __init__(self) -> None:
        super().__init__(4)


class Late(nn.Module):
    """Refuses its argument after it has computed something."""

    def forward(self, x: Tensor, lengths: int | None = None) -> Tensor:
        """Return twice the input."""
        x = x * 2
        if lengths is not None:
            raise TypeError
        return x


def test_a_call_that_is_refused_and_made_in_another_way_is_one() -> None:
    """What raised at once, and was caught by who made it, has not run; what had computed something has."""
    calls = {kind: topology_of(Trying(kind()), torch.ones(2, 4))["norm"].calls for kind in (Made, Late)}
    assert {kind: [len(call.outputs) for call in each] for kind, each in calls.items()} == {Made: [1], Late: [0, 1]}


def test_a_refused_call_that_ends_the_run_is_told() -> None:
    """Nobody goes on after it."""

    class Insisting(Trying):
        def forward(self, x: Tensor) -> Tensor:
            out: Tensor = self.norm(x, lengths=1)
            return out

    topology = topology_of(Insisting(Made()), torch.ones(2, 4))
    assert topology.failure is not None
    assert (topology.failure.module, [len(call.outputs) for call in topology["norm"].calls]) == ("norm", [0])
