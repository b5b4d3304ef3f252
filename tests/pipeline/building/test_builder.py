"""Importing and building models on the meta device, and for real where that fails."""

from __future__ import annotations

import errno
import random
import socket
from functools import partial
from typing import TYPE_CHECKING

import pytest
import torch

from tests.projects import write
from visunn_lint.errors import TargetError, Timeout
from visunn_lint.pipeline.building.assignments import recorded_sources
from visunn_lint.pipeline.building.builder import Builder, NotAModelError
from visunn_lint.pipeline.building.importing import import_file, importable, imports_put_back
from visunn_lint.pipeline.building.isolation import isolated
from visunn_lint.pipeline.building.network import no_network
from visunn_lint.pipeline.targets.candidates import find_candidates
from visunn_lint.pipeline.targets.selection import without_parts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from torch import nn

    from visunn_lint.pipeline.building.builder import Built

_HEAD = """
    import torch
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(400, 400)
            self.prepare()

        def prepare(self):
            pass

        def forward(self, x):
            return self.fc(x)
"""


@pytest.fixture
def builder(tmp_path: Path) -> Iterator[Builder]:
    """Return a builder for ``nets.py`` of the test's folder."""
    file = tmp_path / "nets.py"
    write(tmp_path, {"nets.py": _HEAD})
    with (
        imports_put_back(),
        importable(file, tmp_path),
        isolated("nets.py"),
        recorded_sources() as sources,
        no_network() as hosts,
    ):
        yield Builder(partial(import_file, file), sources, hosts)


def _add(folder: Path, text: str) -> None:
    file = folder / "nets.py"
    file.write_text(file.read_text() + text)


def _build(builder: Builder, name: str = "Net") -> Built:
    (candidate,) = find_candidates(builder.module, name)
    return builder.build(candidate)


def _is_meta(model: nn.Module) -> list[bool]:
    return [parameter.is_meta for parameter in model.parameters() if parameter.dim() > 1]


def _error(builder: Builder, name: str = "Net") -> tuple[str, str]:
    with pytest.raises(TargetError) as caught:
        _build(builder, name)
    return caught.value.message, caught.value.hint


def test_model_is_built_on_meta(builder: Builder) -> None:
    """Large weights take no memory."""
    built = _build(builder)
    assert (_is_meta(built.model), built.rung, built.reason) == ([True], "meta", "")


def test_model_that_reads_values_is_built_for_real(builder: Builder, tmp_path: Path) -> None:
    """A constructor that needs the values of a large tensor is given them; the reason is kept."""
    _add(tmp_path, "class Reads(Net):\n    def prepare(self):\n        self.scale = self.fc.weight.sum().item()\n")
    built = _build(builder, "Reads")
    place = "(" + str(tmp_path / "nets.py") + ":18)"
    assert (_is_meta(built.model), built.rung) == ([False], "real")
    assert built.reason == f"RuntimeError: Tensor.item() cannot be called on meta tensors {place}"


def test_module_is_imported_anew_for_real_if_it_holds_meta_tensors(builder: Builder, tmp_path: Path) -> None:
    """Rebuilding reaches tensors at module level, of imported modules too."""
    write(tmp_path, {"sizes.py": "import torch\nMEAN = torch.zeros(400, 400)", "deep.py": "import sizes"})
    _add(tmp_path, "import deep\nclass Mean(Net):\n    def prepare(self):\n        self.mean = deep.sizes.MEAN\n")
    built = _build(builder, "Mean")
    rebuilt = builder.rebuild(built.candidate)
    assert [model.mean.is_meta for model in (built.model, rebuilt)] == [True, False]
    assert _is_meta(rebuilt) == [False]


def test_instance_at_module_level_can_be_rebuilt(builder: Builder, tmp_path: Path) -> None:
    """An instance that was built on meta by the import is had with weights by importing again."""
    _add(tmp_path, "net = Net()\n")
    built = _build(builder, "net")
    assert [_is_meta(built.model), _is_meta(builder.rebuild(built.candidate))] == [[True], [False]]


def test_import_that_reads_values_happens_for_real(builder: Builder, tmp_path: Path) -> None:
    """What the module itself computes at import may need values; its classes are built on meta even so."""
    _add(tmp_path, "TOTAL = torch.ones(400, 400).sum().item()\nnet = Net()\n")
    assert builder.module.TOTAL == 160000
    assert [_build(builder, name).rung for name in ("net", "Net")] == ["real", "meta"]


def test_cuda_is_pretended(builder: Builder, tmp_path: Path) -> None:
    """A model written for CUDA is built on a machine without it."""
    _add(tmp_path, "torch.set_default_device('cuda')\nnet = Net().cuda()\n")
    assert _build(builder, "net").rung == "meta"


def test_sources_of_modules(builder: Builder, tmp_path: Path) -> None:
    """Each module has the user's line that assigned it; items of containers that of their own constructor."""
    _add(
        tmp_path,
        "class Deep(Net):\n"  # line 16
        "    def prepare(self):\n"
        "        self.blocks = nn.Sequential(\n"
        "            nn.Linear(3, 3),\n"
        "            nn.ReLU(),\n"
        "        )\n"
        "        tail = nn.Linear(3, 3)\n"
        "        self.add_module('tail', tail)\n"
        "        self.hidden = [nn.Linear(2, 2)]\n",
    )
    built = _build(builder, "Deep")
    (hidden,) = vars(built.model)["hidden"]
    modules = [*built.model.modules(), hidden]
    lines = {module: built.sources[id(module)] for module in modules}
    assert [place.line for place in lines.values()] == [16, 8, 18, 19, 20, 23, 24]
    assert {place.file for place in lines.values()} == {str(tmp_path / "nets.py")}
    fc = built.sources[id(built.model.fc)]
    assert (fc.column, fc.end_line, fc.end_column) == (9, 8, 16)


def test_recording_sources_ends_with_its_context() -> None:
    """Neither hook nor patch is left behind."""
    construct = torch.nn.Module.__init__
    with recorded_sources() as sources:
        layer = torch.nn.Linear(2, 2)
        assert id(layer) in sources
    assert torch.nn.Module.__init__ is construct
    assert not torch.nn.modules.module._global_module_registration_hooks  # noqa: SLF001 -- torch offers no other view


def test_sources_forget_modules_that_are_gone() -> None:
    """The id of a dead module, which another may get, has no place."""
    with recorded_sources() as sources:
        layer = torch.nn.Linear(2, 2)
        assert list(sources) == [id(layer)]
        del layer
        assert list(sources) == []


def test_builds_are_alike(builder: Builder, tmp_path: Path) -> None:
    """A constructor that draws random numbers draws the same ones in every build."""
    _add(tmp_path, "import random\nclass Dice(Net):\n    def prepare(self):\n        self.eyes = random.random()\n")
    assert len({_build(builder, "Dice").model.eyes for _ in range(3)}) == 1


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("raise ValueError('no weights\\nhere')", "`Bad` cannot be built: ValueError: no weights […] (FILE:18)"),
        ("import sys; sys.exit('no GPU')", "`Bad` cannot be built: it calls sys.exit('no GPU') (FILE:18)"),
        ("nn.Linear('3', 3)", "`Bad` cannot be built: TypeError: "),
    ],
)
def test_constructor_that_raises(builder: Builder, tmp_path: Path, body: str, message: str) -> None:
    """The error is one line, with the user's line at its end."""
    _add(tmp_path, f"class Bad(Net):\n    def prepare(self):\n        {body}\n")
    found = _error(builder, "Bad")[0].replace(str(tmp_path / "nets.py"), "FILE")
    assert found == message or (message.endswith(": ") and found.startswith(message) and found.endswith("(FILE:18)"))


def test_constructor_that_needs_arguments(builder: Builder, tmp_path: Path) -> None:
    """The hint shows the factory to write."""
    _add(tmp_path, "class Needs(Net):\n    def __init__(self, width, *, depth):\n        super().__init__()\n")
    assert _error(builder, "Needs") == (
        "`Needs` cannot be built without arguments: it needs width, depth",
        "write a factory beside it: def model() -> nn.Module: return Needs(width=…, depth=…)",
    )


def test_factory_of_something_else(builder: Builder, tmp_path: Path) -> None:
    """A factory that returns no Module is told what it returns."""
    _add(tmp_path, "def build() -> Net:\n    return {}\n")
    with pytest.raises(NotAModelError, match="`build` returns a dict, not a Module"):
        _build(builder, "build")


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (
            "import nowhere_at_all",
            "cannot be imported: ModuleNotFoundError: ",
            "install `nowhere_at_all`, or run visunn",
        ),
        ("1 / 0", "cannot be imported: ZeroDivisionError: division by zero (FILE:16)", ""),
        ("import sys; sys.exit(3)", "cannot be imported: it calls sys.exit(3) (FILE:16)", ""),
        ("def f(:", "cannot be imported: SyntaxError: invalid syntax (FILE:16)", ""),
        ("import visunn_lint; visunn_lint.model(inputs='2y3')", "cannot be imported: InputError: ", "write it like"),
    ],
)
def test_import_that_fails(builder: Builder, tmp_path: Path, text: str, message: str, hint: str) -> None:
    """An import that raises is one line, with the user's line and what may help."""
    _add(tmp_path, text)
    found, helps = _error(builder)
    assert found.replace(str(tmp_path / "nets.py"), "FILE").startswith(message)
    assert helps.startswith(hint)


def test_cause_is_kept(builder: Builder, tmp_path: Path) -> None:
    """The user's exception is the cause, for those who ask for the traceback."""
    _add(tmp_path, "1 / 0")
    with pytest.raises(TargetError) as caught:
        _ = builder.module
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


@pytest.mark.parametrize(
    "call",
    [
        "urlopen('http://example.org')",
        "socket.create_connection(('127.0.0.1', 9))",
        "socket.gethostbyname('example.org')",
        'exec(\'with socket.socket(type=socket.SOCK_DGRAM) as udp: udp.sendto(b"", ("127.0.0.1", 9))\')',
    ],
)
def test_network_is_out_of_reach(builder: Builder, tmp_path: Path, call: str) -> None:
    """A build that asks for a host names it, and the option that would let it."""
    _add(tmp_path, f"import socket\nfrom urllib.request import urlopen\ndef model():\n    return {call}\n")
    message, hint = _error(builder, "model")
    assert message.startswith("`model` cannot be built without the network: it asks for ")
    assert hint == "give --allow-network, or build it without pretrained weights"


def test_build_that_does_without_the_network_goes_on(builder: Builder, tmp_path: Path) -> None:
    """A refused connection is an OSError, which a library may have an answer to."""
    text = "def model():\n    try: urlopen('http://example.org')\n    except OSError: return Net()\n"
    _add(tmp_path, f"from urllib.request import urlopen\n{text}")
    assert _build(builder, "model").rung == "meta"


def test_a_refusal_that_was_survived_is_no_reason_later(builder: Builder, tmp_path: Path) -> None:
    """A constructor that needs values is given them, whoever asked for a host before."""
    text = "try: urlopen('http://example.org')\nexcept OSError: pass\n"
    values = "def model():\n    net = Net()\n    net.fc.weight.sum().item()\n    return net\n"
    _add(tmp_path, f"from urllib.request import urlopen\n{text}{values}")
    assert _build(builder, "model").rung == "real"


def test_local_sockets_answer_as_ever(tmp_path: Path) -> None:
    """What asks for a number gets one, for an address of the internet too."""
    with no_network() as hosts, socket.socket(socket.AF_UNIX) as local, socket.socket() as far:
        found = (local.connect_ex(str(tmp_path / "nobody")), far.connect_ex(("192.0.2.1", 9)))
    assert (found, hosts) == ((errno.ENOENT, errno.ENETUNREACH), ["192.0.2.1"])


@pytest.mark.parametrize("body", ["pytest.skip('no', allow_module_level=True)", "raise asyncio.CancelledError"])
def test_whatever_is_raised_is_told(builder: Builder, tmp_path: Path, body: str) -> None:
    """Not all that a test or a library raises is an Exception."""
    _add(tmp_path, f"import asyncio, pytest\ndef model():\n    {body}\n")
    assert _error(builder, "model")[0].startswith("`model` cannot be built: ")


@pytest.mark.parametrize("stop", [KeyboardInterrupt, Timeout])
def test_what_ends_a_run_is_no_failure(builder: Builder, tmp_path: Path, stop: type[BaseException]) -> None:
    """An interrupt, or the end of its time, comes from outside."""
    _add(tmp_path, f"from visunn_lint.errors import Timeout\ndef model():\n    raise {stop.__name__}\n")
    with pytest.raises(stop):
        _build(builder, "model")


def test_parts_of_other_models_are_left_out(builder: Builder, tmp_path: Path) -> None:
    """A class used in another model, the class of an instance, and a second way to the same model are not linted."""
    _add(
        tmp_path,
        "class Part(Net): pass\n"
        "class Held(Net): pass\n"
        "class Whole(Net):\n"
        "    def prepare(self):\n"
        "        self.part = Part()\n"
        "        self.held = [Held()]\n"
        "class Again(Net): pass\n"
        "net = Again()\n"
        "def whole_model(): return Whole()\n"
        "def note_model(): return 'a note'\n"
        "def other_model():\n    model = Whole()\n    model.part = nn.ReLU()\n    return model\n",
    )
    attempts = [builder.build(each) for each in find_candidates(builder.module) if each.name != "note_model"]
    assert [attempt.candidate.name for attempt in without_parts(attempts)] == ["net", "Net", "Whole", "other_model"]


def test_process_is_put_back(tmp_path: Path) -> None:
    """Arguments, folder, environment, random numbers and torch's settings are as before."""
    write(tmp_path, {"nets.py": ""})
    before = (random.getstate(), torch.get_rng_state().tolist(), torch.get_default_dtype(), torch.is_grad_enabled())
    with isolated("nets.py"):
        random.seed(1)
        torch.manual_seed(1)
        torch.set_default_dtype(torch.float64)
        torch.set_grad_enabled(False)
        torch.set_default_device("meta")
    after = (random.getstate(), torch.get_rng_state().tolist(), torch.get_default_dtype(), torch.is_grad_enabled())
    assert (after, torch.zeros(1).device.type) == (before, "cpu")
