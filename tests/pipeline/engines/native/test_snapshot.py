"""All that forward may change is put back; each test changes one kind of thing."""

from __future__ import annotations

import random
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pytest
import torch
from torch import nn

import visunn_lint
from visunn_lint.pipeline.engines.native import classes
from visunn_lint.pipeline.engines.native.snapshot import preserved

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass
class Cache:
    """State in an object of the user's own."""

    keys: list[int] = field(default_factory=list)
    length: int = 0


class Slotted:
    """State in slots."""

    __slots__ = ("count",)

    def __init__(self) -> None:
        self.count = 0


class Counting:
    """State on a class beside the modules."""

    made = 0


class Stateful(Counting, nn.Module):
    """Holds state of every kind."""

    known: ClassVar[int | None] = 0
    shared: list[int] = []  # noqa: RUF012 -- state on the class is what the test is about

    def __init__(self) -> None:
        super().__init__()
        self.fc = nn.Linear(2, 2)
        self.register_buffer("steps", torch.zeros(1))
        self.calls = 0
        self.items: list[list[int]] = [[1], [2]]
        self.table: dict[str, dict[str, object]] = {"a": {"b": 1}}
        self.ordered = OrderedDict(a=1, b=2)
        self.last = deque([1], maxlen=1)
        self.names = {"x"}
        self.bits = bytearray(b"a")
        self.cache = Cache()
        self.slotted = Slotted()
        self.space = SimpleNamespace(n=1)
        self.dice = random.Random(0)  # noqa: S311 -- no secret
        self.generator = torch.Generator().manual_seed(1)
        self.rng = np.random.default_rng(0)
        self.array = np.zeros(3)


_CLASSES = (Stateful, Counting)


def state(model: Stateful) -> dict[str, object]:
    """Return all state of a model as values that can be compared."""
    return {
        "calls": model.calls,
        "items": repr(model.items),
        "table": repr(model.table),
        "ordered": list(model.ordered.items()),
        "last": list(model.last),
        "names": set(model.names),
        "bits": bytes(model.bits),
        "cache": (list(model.cache.keys), model.cache.length),
        "slotted": model.slotted.count,
        "space": model.space.n,
        "dice": model.dice.getstate(),
        "generator": model.generator.get_state().tolist(),
        "rng": model.rng.bit_generator.state,
        "array": model.array.tolist(),
        "shared": list(model.shared),
        "class": [{name: value for name, value in vars(cls).items() if name[:2] != "__"} for cls in _CLASSES],
        "attributes": sorted(vars(model)),
        "modules": [(name, id(module), type(module)) for name, module in model.named_modules()],
        "parameters": [(name, id(p), p.requires_grad, dict(vars(p))) for name, p in model.named_parameters()],
        "hooks": [len(vars(model)["_forward_hooks"]), len(vars(model.fc)["_forward_pre_hooks"])],
        "training": [module.training for module in model.modules()],
    }


CHANGES: dict[str, Callable[[Stateful], object]] = {
    "counter": lambda model: setattr(model, "calls", 1),
    "new attribute": lambda model: setattr(model, "seen", 1),
    "lost attribute": lambda model: delattr(model, "calls"),
    "nested list": lambda model: model.items[1].append(3),
    "nested dict": lambda model: model.table["a"].update(b=2),
    "ordered dict": lambda model: model.ordered.move_to_end("a"),
    "deque": lambda model: model.last.append(2),
    "set": lambda model: model.names.add("y"),
    "byte": lambda model: model.bits.__setitem__(0, 0),
    "more bytes": lambda model: model.bits.extend(b"b"),
    "list in an object": lambda model: model.cache.keys.append(1),
    "attribute of an object": lambda model: setattr(model.cache, "length", 1),
    "slot": lambda model: setattr(model.slotted, "count", 1),
    "namespace": lambda model: setattr(model.space, "n", 2),
    "random generator": lambda model: model.dice.random(),
    "torch generator": lambda model: torch.rand(1, generator=model.generator),
    "numpy generator": lambda model: model.rng.random(),
    "numpy array": lambda model: model.array.__setitem__(0, 1.0),
    "list on the class": lambda model: model.shared.append(1),
    "attribute of the class": lambda model: setattr(type(model), "known", 1),
    "attribute of a base class": lambda model: setattr(type(model).__mro__[1], "made", 1),
    "attribute new on the class": lambda model: setattr(type(model), "seen", 1),
    "attribute lost by the class": lambda model: delattr(type(model), "known"),
    "submodule": lambda model: setattr(model, "fc", nn.Linear(2, 2)),
    "new submodule": lambda model: model.add_module("more", nn.ReLU()),
    "class of a module": lambda model: setattr(model.fc, "__class__", nn.Identity),
    "parameter": lambda model: setattr(model.fc, "weight", nn.Parameter(torch.zeros(2, 2))),
    "frozen parameter": lambda model: model.fc.weight.requires_grad_(requires_grad=False),  # type: ignore[call-arg]
    "attribute of a parameter": lambda model: setattr(model.fc.weight, "mark", 1),
    "forward hook": lambda model: model.register_forward_hook(lambda *_: None),
    "pre-hook of a child": lambda model: model.fc.register_forward_pre_hook(lambda *_: None),
    "training flag": lambda model: model.eval(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_change_is_put_back(change: Callable[[Stateful], object]) -> None:
    """What was changed inside the context is as before after it, and was really changed."""
    model = Stateful()
    before = state(model)
    with preserved(model):
        change(model)
        try:
            changed = state(model)
        except AttributeError:
            changed = {}
        assert changed != before
    assert state(model) == before


def test_change_is_put_back_after_an_error() -> None:
    """An exception passes through, and the state is restored all the same."""
    model = Stateful()
    before = state(model)
    with pytest.raises(ZeroDivisionError), preserved(model):
        model.calls = 1 // 0
    assert state(model) == before


def test_object_that_holds_itself_is_no_trouble() -> None:
    """Cycles end."""
    model = Stateful()
    model.table["a"]["self"] = model.table
    model.cache.keys.append(model)  # type: ignore[arg-type]
    with preserved(model):
        model.calls = 1
    assert model.calls == 0


@pytest.mark.filterwarnings("ignore:.*torch.jit.script.* is deprecated")
def test_scripted_part_stays_in_its_mode() -> None:
    """It keeps its mode in C++, and so do the modules in it."""
    model = nn.Sequential(torch.jit.script(nn.Sequential(nn.Linear(2, 2), nn.Dropout())), nn.Dropout())
    model.train()
    visunn_lint.trace(model, (torch.ones(1, 2),), mode="eval")
    assert [module.training for module in model.modules()] == [True] * 5


def test_lazy_norm_keeps_its_count() -> None:
    """It zeroes its count of batches when it initialises itself: in the run, that of the run."""
    norm, count = nn.LazyBatchNorm1d(), torch.tensor(7)
    norm.num_batches_tracked = count
    visunn_lint.trace(norm, (torch.ones(4, 3),), mode="train")
    assert norm.num_batches_tracked is count
    assert int(count) == 7


def test_modules_with_nothing_but_atoms_are_told() -> None:
    """In their plain attributes; a list, a hook and a module that torch does not know of count as more."""
    plain, listing, hooked, hiding = nn.Conv2d(1, 1, 1), nn.Identity(), nn.ReLU(), nn.Identity()
    vars(listing)["sizes"] = [1]
    hooked.register_forward_hook(lambda *_: None)
    vars(hiding)["inner"] = nn.ReLU()
    model = nn.Sequential(plain, listing, hooked, hiding)
    with preserved(model) as told:
        assert [id(module) in told for module in (model, plain, listing, hooked, hiding)] == [True, True, *[False] * 3]


def test_hook_that_stood_before_is_kept() -> None:
    """Containers that are empty in most modules are not emptied in the others."""
    model = nn.Sequential(nn.ReLU())
    handle = model[0].register_forward_hook(lambda *_: None)
    with preserved(model):
        model[0].register_forward_pre_hook(lambda *_: None)
    assert list(vars(model[0])["_forward_hooks"]) == [handle.id]
    assert not vars(model[0])["_forward_pre_hooks"]


def test_gradients_and_flags_of_tensors_are_put_back() -> None:
    """Those of parameters, of tied ones too, and of tensors in lists."""
    layer, loose = nn.Linear(2, 2), torch.ones(2)
    layer.weight.grad = grad = torch.ones(2, 2)
    model = nn.ModuleList([layer, nn.Linear(2, 2)])
    model[1].weight = layer.weight
    vars(model)["loose"] = [loose]
    with preserved(model):
        layer.weight.grad = None
        layer.bias.grad = torch.ones(2)
        layer.bias.requires_grad_(requires_grad=False)  # type: ignore[call-arg]  # torch's stub lacks the name
        loose.requires_grad_()
    assert vars(model)["loose"][0] is loose
    assert id(layer.weight.grad) == id(grad)
    after: list[object] = [layer.bias.grad, layer.bias.requires_grad, loose.requires_grad]
    assert after == [None, True, False]


def test_classes_that_equal_each_other_are_told_apart() -> None:
    """A metaclass may say so: each has its own state, and a module comes back as what it was."""

    class Alike(type):
        def __eq__(cls, other: object) -> bool:
            return isinstance(other, Alike)

        def __hash__(cls) -> int:
            return 1

    class One(nn.Module, metaclass=Alike):
        log: ClassVar[list[int]] = []

    class Other(nn.Module, metaclass=Alike):
        log: ClassVar[list[int]] = []

    model = nn.ModuleList([One(), Other()])
    with preserved(model):
        One.log.append(1)
        Other.log.append(1)
        model[0].__class__ = Other
    assert ([type(part) is cls for part, cls in zip(model, (One, Other), strict=True)], One.log, Other.log) == (
        [True, True], [], []
    )  # fmt: skip


def test_a_class_that_has_not_changed_is_not_written_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """To set an attribute has Python look up all of that class anew."""
    written: list[type] = []
    monkeypatch.setattr(classes, "_rebind", lambda cls, *_: written.append(cls))
    with preserved(Stateful()):
        pass
    assert written == []


def test_a_function_that_another_capture_put_on_a_class_is_left() -> None:
    """That one takes it away itself, and needs it until then."""

    class Own(nn.Module):
        def step(self) -> int:
            return 1

    model, stands_in = Own(), lambda _: 2
    with preserved(model):
        Own.step = stands_in  # type: ignore[method-assign]
    assert vars(Own)["step"] is stands_in
