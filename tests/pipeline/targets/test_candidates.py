"""The models that a module names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.projects import write
from visunn_lint.errors import TargetError
from visunn_lint.pipeline.building.importing import import_file, importable, imports_put_back
from visunn_lint.pipeline.targets.candidates import find_candidates, no_model

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType

_NETS = """
    import visunn_lint
    from torch import nn

    class Net(nn.Module):
        def __init__(self, width=3):
            super().__init__()
            self.fc = nn.Linear(width, width)

        def forward(self, x):
            return self.fc(x)

    class Wide(Net):
        def __init__(self, width):
            super().__init__(width)
"""


@pytest.fixture(autouse=True)
def _put_back() -> Iterator[None]:
    with imports_put_back():
        yield


def _module(folder: Path, text: str) -> ModuleType:
    file = write(folder, {"nets.py": _NETS}) / "nets.py"
    file.write_text(file.read_text() + text)
    with importable(file, folder):
        return import_file(file)


def _found(module: ModuleType, attribute: str = "") -> list[tuple[str, str]]:
    return [(candidate.name, candidate.kind) for candidate in find_candidates(module, attribute)]


def test_candidates_come_in_their_order(tmp_path: Path) -> None:
    """Marked objects first, then instances, classes without required arguments, and factories."""
    text = (
        "def build() -> Net: return Net(5)\nsmall = Net(2)\n@visunn_lint.model(name='marked')\ndef other(): return 1\n"
    )
    assert _found(_module(tmp_path, text)) == [
        ("marked", "factory"),
        ("small", "instance"),
        ("Net", "class"),
        ("build", "factory"),
    ]


def test_marked_object_is_no_candidate_again(tmp_path: Path) -> None:
    """A class that is marked is found once, an instance by the name that it is bound to."""
    text = "visunn_lint.model(Net)\nwide = visunn_lint.model(inputs='2x9')(Wide(9))\n"
    candidates = find_candidates(_module(tmp_path, text))
    assert [(each.name, each.kind, each.mark is not None) for each in candidates] == [
        ("Net", "class", True),
        ("wide", "instance", True),
    ]


def test_names_of_factories(tmp_path: Path) -> None:
    """A function without arguments is a factory by its annotation or its name, unless the name is that of an action."""
    text = """
def model(): return Net()
def tiny_model(width=1): return Net()
def annotated() -> 'nn.Module': return Net()
def train_model() -> Net: return Net()
def sized_model(width): return Net(width)
def model_of_mind(): return Net()
async def async_model(): return Net()
def _private_model(): return Net()
def broken() -> 'Nowhere': return Net()
"""
    found = [name for name, kind in _found(_module(tmp_path, text)) if kind == "factory"]
    assert found == ["model", "tiny_model", "annotated"]


def test_only_own_classes_are_candidates(tmp_path: Path) -> None:
    """Imported classes, losses, abstract classes and those without forward are no models."""
    text = """
from abc import ABC, abstractmethod
from torch.nn import ReLU
class Plain(nn.Module): pass
class DiceLoss(nn.Module):
    def forward(self, x): return x
class Own(nn.CrossEntropyLoss): pass
class Abstract(nn.Module, ABC):
    @abstractmethod
    def width(self): ...
    def forward(self, x): return x
class _Hidden(Net): pass
"""
    assert _found(_module(tmp_path, text)) == [("Net", "class")]


def test_only_own_instances_are_candidates(tmp_path: Path) -> None:
    """Imported instances, losses and stateless layers at module level are no models; each object counts once."""
    write(tmp_path, {"others.py": "from torch import nn\nimported = nn.Linear(2, 2)"})
    text = "from others import imported\na = Net()\nb = a\nloss = nn.MSELoss()\nsoftmax = nn.Softmax(-1)\n_c = Net()\n"
    assert _found(_module(tmp_path, text)) == [("a", "instance"), ("Net", "class")]


def test_attribute_names_one(tmp_path: Path) -> None:
    """An attribute stands for itself, whatever it would need; it may be dotted, or the name of a mark."""
    text = "Wide.small = classmethod(lambda cls: cls(1))\nvisunn_lint.model(name='mine')(Net)\n"
    module = _module(tmp_path, text)
    found = [_found(module, name) for name in ("Wide", "Wide.small", "mine", "Net")]
    assert found == [[("Wide", "class")], [("Wide.small", "factory")], [("mine", "class")], [("Net", "class")]]


@pytest.mark.parametrize(
    ("attribute", "message", "hint"),
    [
        ("Nett", "has no `Nett`", "did you mean `Net`?"),
        ("Zzz", "has no `Zzz`", "there is `Net`"),
        ("SIZE", "`SIZE` is a int, not a Module, a class or a factory", ""),
    ],
)
def test_attribute_that_names_nothing(tmp_path: Path, attribute: str, message: str, hint: str) -> None:
    """A name that is not there is answered with the closest, another kind of object with what it is."""
    with pytest.raises(TargetError) as caught:
        find_candidates(_module(tmp_path, "SIZE = 3\n"), attribute)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_module_without_models_is_shown_what_to_write(tmp_path: Path) -> None:
    """The hint for classes that need arguments is a factory, with these arguments in it."""
    module = _module(tmp_path, "del Net\n")
    error = no_model(module)
    assert (error.message, error.hint) == (
        "has no model that can be built as it is: `Wide` needs width",
        "write a factory beside it: def model() -> nn.Module: return Wide(width=…)",
    )


def test_module_without_models_is_shown_the_whole_of_them(tmp_path: Path) -> None:
    """A factory of a part, which stands first in most files, would lint that part alone."""
    whole = (
        "class Whole(nn.Module):\n"
        "    def __init__(self, sizes):\n        self.parts = [Wide(size) for size in sizes]\n"
        "    def forward(self, x):\n        return x\n"
    )
    assert no_model(_module(tmp_path, f"del Net\n{whole}")).message.endswith("`Whole` needs sizes")


def test_imported_class_needs_nothing(tmp_path: Path) -> None:
    """A class of another file that could be built is not said to need arguments."""
    error = no_model(_module(tmp_path, "del Net, Wide\nfrom torch.nn import Identity\n"))
    assert error.message == "has no model"


def test_module_without_classes_is_told_what_a_model_is(tmp_path: Path) -> None:
    """Where there is nothing at all, the hint lists the forms."""
    error = no_model(_module(tmp_path, "del Net, Wide\n"))
    assert (error.message, error.hint.split(",")[0]) == (
        "has no model",
        "a model is an nn.Module class that needs no arguments",
    )
