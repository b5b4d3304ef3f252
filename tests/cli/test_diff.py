"""`visunn diff`: formats, exit codes, several models, lock files; what is compared is tested in tests/diff."""

import json
from contextlib import chdir
from pathlib import Path

import pytest

from visunn_lint.cli import run

Capture = pytest.CaptureFixture[str]

MODEL = """\
from torch import nn

class {name}(nn.Module):
    example_inputs = "2x4"

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, {width}), nn.ReLU())

    def forward(self, x):
        return self.body(x)
"""

SHAPES = "float32[2,4] -> float32[2,8], now float32[2,4] -> float32[2,9]"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "visunn.toml").write_text('[models.net]\ntarget = "a.py"\n', encoding="utf-8")
    (tmp_path / "a.py").write_text(MODEL.format(name="Net", width=8), encoding="utf-8")
    (tmp_path / "b.py").write_text(MODEL.format(name="Net", width=9), encoding="utf-8")


def test_what_changed_is_told_line_by_line(capsys: Capture) -> None:
    """What follows from a change stands in one line behind the changes, the totals last."""
    assert run(["diff", "a.py", "b.py"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "a.py → b.py",
        "",
        "~ body.0  Linear  out_features 8 → 9",
        f"3 modules built as before, with other shapes: (model) {SHAPES}",
        "",
        "4 → 4 modules, 40 → 45 parameters (+5)",
    ]


def test_equal_models(capsys: Capture) -> None:
    """Exit 0, and say so."""
    assert run(["diff", "a.py", "a.py::Net"]) == 0
    assert capsys.readouterr().out == "No difference: 4 modules, 40 parameters.\n"


def test_json_tells_everything(capsys: Capture) -> None:
    """Shapes and tensors that the text leaves out are in it."""
    assert run(["diff", "a.py", "b.py", "--output-format", "json", "--exit-zero"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {key: told[key] for key in ("version", "before", "after", "equal")} == {
        "version": 1,
        "before": "a.py",
        "after": "b.py",
        "equal": False,
    }
    assert [detail["what"] for detail in told["diff"]["changes"][0]["details"]] == [
        "out_features",
        "bias",
        "weight",
        "call 0",
    ]


def test_json_of_several_models_is_one_document(capsys: Capture) -> None:
    """Each has in a list what a single one has, in the order of their names."""
    _folders(one=(8, 9), two=(8, 8))
    assert run(["diff", "old", "new", "--output-format", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["version"], told["equal"]) == (1, False)
    assert [(each["before"], each["after"], each["equal"]) for each in told["comparisons"]] == [
        ("old/one.py::Net", "new/one.py::Net", False),
        ("old/two.py::Net", "new/two.py::Net", True),
    ]


def test_markdown_is_a_table(capsys: Capture) -> None:
    """For a comment on a pull request."""
    assert run(["diff", "a.py", "b.py", "--output-format", "markdown"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "### `a.py` → `b.py`",
        "",
        "4 → 4 modules, 40 → 45 parameters (+5)",
        "",
        "| | module | class | |",
        "|---|---|---|---|",
        "| changed | `body.0` | `Linear` | `out_features 8 → 9` |",
        "",
        "- 3 modules built as before, with other shapes",
    ]


@pytest.mark.parametrize("format_", ["full", "markdown"])
@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("nn.Linear(4, 1)", "nn.Linear(4, 1)", "No difference: 1 module, 5 parameters."),
        ("nn.Sequential(nn.Linear(4, 1))", "nn.Linear(4, 1)", "2 → 1 module, 5 → 5 parameters"),
        ("nn.Linear(1, 1)", "nn.Linear(1, 1, bias=False)", "1 → 1 module, 2 → 1 parameter (-1)"),
        ("nn.Sequential(nn.Linear(4, 1))", "nn.Sequential(nn.Linear(4, 2))", "1 module built as before"),
    ],
)
def test_one_is_told_in_the_singular(format_: str, before: str, after: str, told: str, capsys: Capture) -> None:
    """Of modules and of parameters, in each format for people."""
    for name, model in {"before.py": before, "after.py": after}.items():
        Path(name).write_text(f"from torch import nn\n\nnet = {model}\n", encoding="utf-8")
    run(["diff", "before.py", "after.py", "--output-format", format_])
    assert told in capsys.readouterr().out


def test_files_with_several_models_are_compared_by_name(tmp_path: Path, capsys: Capture) -> None:
    """A model that only one side has is an error that names it."""
    both = MODEL.format(name="Net", width=8) + MODEL.format(name="Other", width=3)
    (tmp_path / "c.py").write_text(both, encoding="utf-8")
    assert run(["diff", "c.py", "c.py"]) == 0
    assert capsys.readouterr().out.count("No difference") == 2
    (tmp_path / "d.py").write_text(both.replace("Other", "Another"), encoding="utf-8")
    assert run(["diff", "c.py", "d.py"]) == 2
    assert "error: c.py alone has Other\n" in capsys.readouterr().err


def _folders(**widths: tuple[int, int]) -> None:
    """Write files of one model each, as wide as is said, in the folders old and new."""
    for place, folder in enumerate(("old", "new")):
        Path(folder).mkdir()
        for name, width in widths.items():
            Path(folder, f"{name}.py").write_text(MODEL.format(name="Net", width=width[place]), encoding="utf-8")


def test_folders_are_compared_file_by_file(capsys: Capture) -> None:
    """Though their models are called alike."""
    _folders(one=(8, 9), two=(8, 8))
    assert run(["diff", "old", "new/"]) == 1
    assert [
        line for line in capsys.readouterr().out.splitlines() if "→ 9" in line or "No" in line or ".py" in line
    ] == [
        "old/one.py::Net → new/one.py::Net",
        "~ body.0  Linear  out_features 8 → 9",
        "No difference: 4 modules, 40 parameters.",
    ]


def test_folders_are_run_with_the_inputs_that_one_declares(tmp_path: Path, capsys: Capture) -> None:
    """Each file with those of its own counterpart, wherever the folder lies."""
    _folders(one=(8, 8), two=(8, 8))
    for name, shape in {"one": "3x5x4", "two": "7x4"}.items():
        told, untold = tmp_path / "old" / f"{name}.py", tmp_path / "new" / f"{name}.py"
        told.write_text(told.read_text().replace("2x4", shape))
        untold.write_text(untold.read_text().replace('    example_inputs = "2x4"\n', ""))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with chdir(elsewhere):
        assert run(["diff", str(tmp_path / "old"), str(tmp_path / "new")]) == 0
    assert capsys.readouterr().out.splitlines().count("No difference: 4 modules, 40 parameters.") == 2


def test_a_folder_and_a_file_are_compared_by_attribute(capsys: Capture) -> None:
    """As long as one file of the folder alone has it."""
    _folders(one=(8, 8), two=(8, 8))
    Path("old", "two.py").write_text(MODEL.format(name="Other", width=8), encoding="utf-8")
    assert run(["diff", "old", "b.py"]) == 1
    assert capsys.readouterr().out.splitlines()[0] == "old::Net → b.py::Net"
    assert run(["diff", "new", "b.py"]) == 2
    assert "error: new has one.py::Net, two.py::Net, b.py has Net: no two of one name" in capsys.readouterr().err


def test_models_of_one_name_are_not_taken_for_one(capsys: Capture) -> None:
    """A configured folder gives its name to all that is in it."""
    _folders(one=(8, 8), two=(8, 8))
    Path("visunn.toml").write_text('[models.net]\ntarget = "old"\n', encoding="utf-8")
    assert run(["diff", "net", "new"]) == 2
    assert "error: net has several models that are called net\n" in capsys.readouterr().err


def test_model_that_fails_is_not_compared(tmp_path: Path, capsys: Capture) -> None:
    """Half a graph is no model."""
    broken = MODEL.format(name="Net", width=8).replace("self.body(x)", "self.body(x @ x)")
    (tmp_path / "broken.py").write_text(broken, encoding="utf-8")
    assert run(["diff", "a.py", "broken.py"]) == 2
    assert "forward raises RuntimeError" in capsys.readouterr().err


def test_lock_and_what_drifts_from_it(tmp_path: Path, capsys: Capture) -> None:
    """A lock of today's model checks; once the model changes it does not, and diff reads lock files too."""
    assert run(["lock"]) == 0
    assert "visunn.lock: 1 model locked\n" in capsys.readouterr().err
    assert run(["lock", "--check"]) == 0
    (tmp_path / "a.py").write_text(MODEL.format(name="Net", width=9), encoding="utf-8")
    assert run(["lock", "--check"]) == 1
    assert "~ body.0  Linear  out_features 8 → 9" in capsys.readouterr().out.splitlines()
    assert run(["diff", "visunn.lock::net", "a.py"]) == 1
    assert run(["diff", "visunn.lock::nope", "a.py"]) == 2
    assert "visunn.lock has no model `nope`" in capsys.readouterr().err


def test_lock_of_one_model_leaves_the_others(tmp_path: Path, capsys: Capture) -> None:
    """And a locked model that the configuration no longer has fails the check."""
    (tmp_path / "visunn.toml").write_text(
        '[models.net]\ntarget = "a.py"\n[models.wide]\ntarget = "b.py"\n', encoding="utf-8"
    )
    assert run(["lock"]) == 0
    assert run(["lock", "wide"]) == 0
    assert run(["lock", "--check"]) == 0
    (tmp_path / "visunn.toml").write_text('[models.net]\ntarget = "a.py"\n', encoding="utf-8")
    assert run(["lock", "--check"]) == 1
    assert "wide is locked, and no model of the configuration" in capsys.readouterr().out


@pytest.mark.parametrize(("before", "after"), [("told.py", "untold.py"), ("untold.py", "told.py")])
def test_both_are_run_with_the_inputs_that_one_declares(before: str, after: str, capsys: Capture) -> None:
    """A guess on the other side would show as other shapes everywhere."""
    text = MODEL.format(name="Net", width=8).replace("2x4", "3x5x4")
    Path("told.py").write_text(text, encoding="utf-8")
    Path("untold.py").write_text(text.replace('    example_inputs = "3x5x4"\n', ""), encoding="utf-8")
    assert run(["diff", before, after]) == 0
    assert capsys.readouterr().out == "No difference: 4 modules, 40 parameters.\n"


def test_each_of_several_models_has_the_inputs_of_its_counterpart(capsys: Capture) -> None:
    """Models that do without it, and inputs that fit on one side alone, are left as they are."""
    one, two = (MODEL.format(name=name, width=8).replace("2x4", "3x5x4") for name in ("One", "Two"))
    Path("told.py").write_text(f"{one}\n{two}", encoding="utf-8")
    Path("untold.py").write_text(f"{one}\n{two}".replace('    example_inputs = "3x5x4"\n', ""), encoding="utf-8")
    assert run(["diff", "told.py", "untold.py"]) == 0
    assert capsys.readouterr().out.splitlines().count("No difference: 4 modules, 40 parameters.") == 2


def test_inputs_that_do_not_fit_there_are_not_handed_over(capsys: Capture) -> None:
    """The other side is run with its own guess."""
    other = MODEL.format(name="Net", width=8).replace('    example_inputs = "2x4"\n', "")
    Path("other.py").write_text(other.replace("Linear(4", "Linear(6"), encoding="utf-8")
    assert run(["diff", "a.py", "other.py"]) == 1
    assert "~ body.0  Linear  in_features 4 → 6" in capsys.readouterr().out
