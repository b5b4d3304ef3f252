"""From targets to captured models, and what is told of those that are broken."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch import nn

from tests.projects import NET, write
from visunn_lint.config import ModelSettings
from visunn_lint.finding import Broken
from visunn_lint.loading import Loaded, capture_model, load
from visunn_lint.spec import InputSpec

if TYPE_CHECKING:
    from pathlib import Path

    from visunn_lint.topology import CapturedModel

_TWO = (
    NET
    + """
    class Other(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(6, 2)

        def forward(self, x):
            return self.fc(x)
"""
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder, which is the working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _inputs(loaded: Loaded) -> dict[str, str]:
    assert loaded.broken == ()
    return {model.name: model.topology.captured.input_spec for model in loaded.models}


def _broken(loaded: Loaded) -> list[tuple[str, str]]:
    assert loaded.models == ()
    return [(broken.target, broken.message) for broken in loaded.broken]


def _facts(model: CapturedModel) -> tuple[Any, ...]:
    return model.name, [each.captured.mode for each in model.topologies], model.inputs_are_guessed


def test_file_is_captured_in_both_modes(folder: Path) -> None:
    """A model without declared inputs is run with inferred ones, and says so."""
    write(folder, {"net.py": NET})
    loaded = load("net.py")
    assert [_facts(model) for model in loaded.models] == [("net.py::Net", ["eval", "train"], True)]
    assert (loaded.broken, loaded.skipped) == ((), ())


def test_modules_have_the_lines_that_assign_them(folder: Path) -> None:
    """Sources are the user's lines; that of the model itself is its class."""
    (model,) = load(str(write(folder, {"net.py": NET}) / "net.py")).models
    lines = {module.path: (module.source.file, module.source.line) for module in model.topology if module.source}
    file = str(folder / "net.py")
    assert lines == {"": (file, 4), "fc": (file, 7)}


@pytest.mark.parametrize("target", ["net.py", "net.py::Net", "net:Net", "pkg.net:Net", "pkg/net.py::Net", "pkg"])
def test_forms_of_a_target(folder: Path, target: str) -> None:
    """A file, a name in it, a name in a module and a folder lead to the same model."""
    write(folder, {"net.py": NET, "pkg/__init__.py": "", "pkg/net.py": NET})
    assert list(_inputs(load(target)).values()) == ["b x 4"]


def test_configured_model(folder: Path) -> None:
    """A name of the configuration brings target, inputs, values and modes; its target is seen from the root."""
    write(folder, {"src/net.py": NET.replace("(self, x)", "(self, x, scale=1)")})
    settings = ModelSettings("net.py::Net", InputSpec.parse("3x4"), {"scale": 2}, ("train",))
    loaded = load("small", models={"small": settings}, root=folder / "src")
    assert [_facts(model) for model in loaded.models] == [("small", ["train"], False)]
    assert _inputs(loaded) == {"small": "3x4"}


def test_configuration_holds_for_the_file_too(folder: Path) -> None:
    """A model that the configuration names is known by that name when its file is the target."""
    write(folder, {"net.py": _TWO})
    settings = ModelSettings("net.py::Net", InputSpec.parse("3x4"))
    assert _inputs(load("net.py", models={"small": settings})) == {"small": "3x4", "net.py::Other": "b x 6"}


def test_configured_file(folder: Path) -> None:
    """What is said of a file holds for every model in it; the name is that of a single one."""
    write(folder, {"net.py": NET, "two.py": _TWO})
    models = {"one": ModelSettings("net.py", modes=("eval",)), "both": ModelSettings("two.py", InputSpec.parse("3x4"))}
    assert [_facts(model) for model in load("one", models=models, root=folder).models] == [("one", ["eval"], True)]
    assert _inputs(load("both", models=models, root=folder)) == {"two.py::Net": "3x4", "two.py::Other": "3x4"}


@pytest.mark.parametrize("target", ["net.py", "file"])
def test_a_target_of_one_model_goes_before_that_of_its_file(folder: Path, target: str) -> None:
    """Each model knows which name of the configuration is about it, also where its whole file was asked for."""
    write(folder, {"net.py": _TWO})
    models = {
        "file": ModelSettings("net.py", InputSpec.parse("3x6")),
        "small": ModelSettings("net.py::Net", InputSpec.parse("3x4")),
    }
    loaded = load(target, models=models)
    assert _inputs(loaded) == {"small": "3x4", "net.py::Other": "3x6"}
    assert [model.configured for model in loaded.models] == ["small", "file"]


def test_what_is_asked_for_by_its_name_goes_before_other_names(folder: Path) -> None:
    """The one model of a file has the settings that were asked for."""
    write(folder, {"net.py": NET})
    models = {name: ModelSettings("net.py", InputSpec.parse(spec)) for name, spec in (("a", "1x4"), ("b", "2x4"))}
    models["c"] = ModelSettings("net.py::Net", InputSpec.parse("3x4"))
    assert [_inputs(load(name, models=models)) for name in models] == [{"a": "1x4"}, {"b": "2x4"}, {"c": "3x4"}]


def test_flag_goes_before_the_configuration(folder: Path) -> None:
    """``--input`` outweighs what is configured, that outweighs the mark."""
    marked = NET.replace("class Net", "import visunn_lint\n    @visunn_lint.model(inputs='9x4')\n    class Net")
    write(folder, {"net.py": marked})
    models = {"small": ModelSettings("net.py::Net", InputSpec.parse("3x4"))}
    spellings = [load("net.py"), load("net.py", models=models), load("net.py", inputs=["5x4"], models=models)]
    assert [next(iter(_inputs(each).values())) for each in spellings] == ["9x4", "3x4", "5x4"]


def test_inputs_by_name_of_the_model(folder: Path) -> None:
    """With several models each input says which it is for."""
    write(folder, {"net.py": _TWO})
    found = _inputs(load("net.py", inputs=["Net:3x4", "net.py::Other:b x 6"]))
    assert found == {"net.py::Net": "3x4", "net.py::Other": "b x 6"}


def test_input_for_no_model_in_particular(folder: Path) -> None:
    """With several models an input without a name is refused."""
    write(folder, {"net.py": _TWO})
    (broken,) = load("net.py", inputs=["3x4"]).broken
    assert (broken.message, broken.hint) == (
        "--input '3x4' does not say which model it is for",
        "there are several: write it like --input 'Net:3x4'",
    )


def test_inputs_for_the_models_of_a_folder(folder: Path) -> None:
    """With several files, inputs are for the models that they name; the others are inferred."""
    write(folder, {"net.py": NET, "two.py": NET.replace("Net", "Two")})
    assert _inputs(load(".", inputs=["Two:3x4"])) == {"net.py::Net": "b x 4", "two.py::Two": "3x4"}
    assert _broken(load(".", inputs=["3x4"])) == [(".", "--input '3x4' does not say which model it is for")]


def test_input_for_a_model_that_is_not_there(folder: Path) -> None:
    """A name that no model has is refused."""
    write(folder, {"net.py": NET})
    (broken,) = load("net.py", inputs=["Nett:3x4"]).broken
    assert (broken.message, broken.hint) == ("--input 'Nett:3x4' is for a model that is not there", "there is `Net`")


def test_folder_with_scripts_and_models(folder: Path) -> None:
    """Every file with a model is linted, in its own surroundings; scripts are not run, and said to be left out."""
    write(folder, {"a/net.py": NET.replace("4, 2", "WIDTH, 2").replace("class", "from sizes import WIDTH\n    class")})
    write(
        folder,
        {"b/net.py": (folder / "a" / "net.py").read_text(), "a/sizes.py": "WIDTH = 3", "b/sizes.py": "WIDTH = 5"},
    )
    write(
        folder, {"train.py": "from a.net import Net\nnet = Net()\nopen('ran.txt', 'w').write('x')", "notes.py": "1 / 0"}
    )
    loaded = load(".")
    assert _inputs(loaded) == {"a/net.py::Net": "b x 3", "b/net.py::Net": "b x 5"}
    assert loaded.skipped == ("train.py: line 3 does its work as soon as the file is imported",)
    assert not (folder / "ran.txt").exists()


def test_file_of_parts_in_a_folder_is_no_error(folder: Path) -> None:
    """Classes that need arguments are found in many folders; the file is among what was left out."""
    write(folder, {"net.py": NET, "parts.py": "from torch import nn\nclass Part(nn.Linear): ..."})
    loaded = load(".")
    assert _inputs(loaded) == {"net.py::Net": "b x 4"}
    assert loaded.skipped == (
        "parts.py: has no model that can be built as it is: `Part` needs in_features, out_features",
    )


def test_excluded_files_are_not_run(folder: Path) -> None:
    """A folder's check leaves out what matches a pattern."""
    write(folder, {"net.py": NET, "old/net.py": NET})
    assert list(_inputs(load(".", exclude=["old"]))) == ["net.py::Net"]


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("nowhere.py", "no such file or folder"),
        ("empty.py", "has no model"),
        ("folder", "has no file that shows a model at its top level"),
        ("parts.py", "has no model that can be built as it is: `Part` needs in_features, out_features"),
        ("net.py::Nett", "has no `Nett`"),
        ("nowhere.net:Net", "cannot be imported: ModuleNotFoundError: No module named 'nowhere'"),
        ("wrong.py", "cannot be imported: NameError: name 'nn' is not defined (wrong.py:1)"),
        ("open.py", "cannot be imported: SyntaxError: '(' was never closed (open.py:1)"),
        ("many.py", "has 21 models: `net_0`, `net_1`, `net_2`, `net_3`, …"),
    ],
)
def test_broken_targets(folder: Path, target: str, message: str) -> None:
    """What is wrong with a target is one line, and nothing is raised."""
    write(folder, {"empty.py": "", "folder/empty.py": "", "net.py": NET, "wrong.py": "class Net(nn.Module): ..."})
    write(folder, {"parts.py": "from torch import nn\nclass Part(nn.Linear): ...", "open.py": "print("})
    write(folder, {"many.py": "from torch import nn\nfor i in range(21):\n    globals()[f'net_{i}'] = nn.Linear(2, 2)"})
    assert _broken(load(target)) == [(target, message)]


def test_misspelt_model_of_the_configuration(folder: Path) -> None:
    """A name that is close to a configured one is answered with that."""
    (broken,) = load("resnt", models={"resnet": ModelSettings("net.py")}, root=folder).broken
    assert broken == Broken("resnt", "no such file or folder", "did you mean the model `resnet`?", broken.details)


def test_missing_target_of_the_configuration(folder: Path) -> None:
    """The error says what the configuration has for the name."""
    found = load("resnet", models={"resnet": ModelSettings("gone.py")}, root=folder)
    assert _broken(found) == [("resnet", "its target `gone.py`: no such file or folder")]


def test_broken_model_does_not_keep_others_from_being_linted(folder: Path) -> None:
    """One constructor that raises is told of, with its traceback; the others are captured."""
    text = _TWO + "\n    class Bad(Net):\n        def __init__(self):\n            raise ValueError('bad')\n"
    loaded = load(write(folder, {"net.py": text}).joinpath("net.py").name)
    assert [model.name for model in loaded.models] == ["net.py::Net", "net.py::Other"]
    (broken,) = loaded.broken
    assert (broken.target, broken.message) == ("net.py::Bad", "`Bad` cannot be built: ValueError: bad (net.py:22)")
    assert broken.details.endswith("ValueError: bad\n")


def test_forward_that_raises_is_a_failure(folder: Path) -> None:
    """With given inputs a raising forward is no broken target: the graph is kept."""
    write(folder, {"net.py": NET})
    (model,) = load("net.py", inputs=["2x5"]).models
    assert [each.failure is not None for each in model.topologies] == [True, True]
    assert model.topology["fc"].path == "fc"


def test_inputs_that_cannot_be_inferred_are_told(folder: Path) -> None:
    """A wrong guess of ours is never a finding."""
    write(folder, {"net.py": NET.replace("self.fc(x)", "undefined(x)")})
    ((target, message),) = _broken(load("net.py"))
    assert target == "net.py::Net"
    assert message.startswith("Net.forward(x), tried with b x 4, raises NameError: name 'undefined' is not defined")


def test_lazy_model_is_captured(folder: Path) -> None:
    """Weights whose shapes only the first run decides are no obstacle to choosing the model."""
    lazy = "from torch import nn\n\nmodel = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Flatten(), nn.LazyLinear(4))\n"
    write(folder, {"net.py": lazy})
    [model] = load("net.py", inputs=("2x3x8x8",)).models
    assert [param.shape for param in model.topology["2"].params] == [(4, 288), (4,)]


def test_time_is_limited(folder: Path) -> None:
    """A forward that runs for ever is given up, though it catches what it can, and the error says where it was."""
    loop = "[None for _ in iter(int, 1)]\n            return x"
    text = NET.replace("return self.fc(x)", loop)
    write(folder, {"net.py": text})
    line = text[: text.index("[None")].count("\n") + 1
    assert _broken(load("net.py", timeout=0.2)) == [("net.py::Net", f"timed out after 0.2 s at net.py:{line}")]


def test_interrupt_passes_through(folder: Path) -> None:
    """Ctrl-C ends the run, and leaves nothing behind."""
    write(folder, {"net.py": NET.replace("return self.fc(x)", "raise KeyboardInterrupt")})
    path, modules = list(sys.path), set(sys.modules)
    with pytest.raises(KeyboardInterrupt):
        load("net.py")
    assert (sys.path, set(sys.modules) - modules) == (path, set())


def test_nothing_is_printed_to_stdout(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """What import, constructor and forward print goes to stderr."""
    text = NET.replace("super().__init__()", "super().__init__(); print('built')")
    text = text.replace("return self.fc(x)", "print('ran'); return self.fc(x)") + "\n    print('imported')\n"
    write(folder, {"net.py": text})
    load("net.py")
    found = capfd.readouterr()
    assert found.out == ""
    assert {"imported", "built", "ran"} <= set(found.err.split())


def test_values_are_taken_from_a_model_built_for_real(folder: Path) -> None:
    """Where forward needs the values of large weights, the model is built again with them."""
    text = NET.replace("4, 2", "400, 400").replace("return self.fc(x)", "return x * self.fc.weight.sum().item()")
    write(folder, {"net.py": text})
    (model,) = load("net.py", inputs=["2x400"]).models
    assert [each.captured.rung for each in model.topologies] == ["real", "real"]
    assert [each.failure for each in model.topologies] == [None, None]


def test_examples_made_at_import_have_values(folder: Path) -> None:
    """Large example inputs at module level are there for a run on real tensors, too."""
    text = NET.replace("4, 2", "400, 400").replace("return self.fc(x)", "return self.fc(x) * x.sum().item()")
    write(folder, {"net.py": text + "\n    import torch\n    example_inputs = torch.ones(400, 400)\n"})
    (model,) = load("net.py", modes=["eval"]).models
    assert (model.topology.captured.rung, model.topology.failure) == ("real", None)


def test_live_model_is_captured_in_both_modes() -> None:
    """A model in memory needs no target; its name is that of its class."""
    model = capture_model(nn.Linear(3, 3), (torch.zeros(2, 3),))
    assert _facts(model) == ("Linear", ["eval", "train"], False)


def test_live_model_with_inferred_inputs() -> None:
    """Without inputs they are inferred, and the capture says so."""
    assert _facts(capture_model(nn.Linear(3, 3), name="mine", modes=["train"])) == ("mine", ["train"], True)
