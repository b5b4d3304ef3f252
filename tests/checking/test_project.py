"""A project checked unit by unit: what is remembered, what is checked anew, and that the report is the same."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.projects import NET, write
from visunn_lint.checking import Checked, Course, Shard, check_project
from visunn_lint.config import ModelSettings, Settings
from visunn_lint.finding import Severity
from visunn_lint.loading import Options
from visunn_lint.render import View, json
from visunn_lint.spec import InputSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from visunn_lint.finding import Report

READING = """
    import os
    from pathlib import Path

    import installed_dependency
    from torch import nn

    import editable_dependency
    import layers

    try:
        import optional_extra
    except ImportError:
        optional_extra = None

    FOLDER = Path(__file__).parent
    WIDTH = int(os.environ.get("WIDTH", (FOLDER / "width.yaml").read_text()))
    DEEP = (FOLDER / "deep").exists()
    BLOCKS = len(list((FOLDER / "blocks").iterdir()))

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = layers.layer(WIDTH, 2)
            self.unused = nn.Linear(2, 2)

        def forward(self, x):
            return self.fc(x)
"""
WIDE = NET.replace("4, 2", "3, 2")
LAYERS = """
    from torch import nn
    layer = nn.Linear
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the working directory: a project, an editable dependency of it, and an installed one."""
    monkeypatch.chdir(write(tmp_path / "project", {"visunn.toml": ""}))
    editable = write(tmp_path / "editable", {"editable_dependency.py": "VALUE = 1"})
    installed = {"installed_dependency.py": "", "installed_dependency-1.0.dist-info/METADATA": ""}
    monkeypatch.syspath_prepend(write(tmp_path / "site-packages", installed))
    monkeypatch.syspath_prepend(editable)
    yield tmp_path / "project"
    sys.modules.pop("installed_dependency", None)


def _checked(
    *targets: str, course: Course | None = None, settings: Settings | None = None
) -> tuple[Checked, list[str]]:
    """Return what came of some targets, and a few words on each unit."""
    told: list[str] = []
    settings = settings or Settings(root=Path.cwd())
    inputs = ("b x 3",) if targets == ("net.py",) else ()
    options = Options(inputs, ("eval", "train"), "auto", settings.models, Path.cwd(), None, (), False)  # noqa: FBT003 -- no network
    course = replace(course or Course(), tell=lambda _done, _number, words: told.append(words))
    return check_project(targets, settings, options, course), told


def _words(*targets: str, settings: Settings | None = None) -> list[str]:
    return _checked(*targets, settings=settings)[1]


def _shown(report: Report) -> str:
    return json.render(report, View())


def _write(name: str, text: str) -> Callable[[], object]:
    return lambda: Path(name).write_text(text, encoding="utf-8")


CHANGES: dict[str, tuple[Callable[[], object], str]] = {
    "nothing": (lambda: None, "nothing has changed since it was checked"),
    "the model": (lambda: Path("net.py").write_text(Path("net.py").read_text() + "\n"), "checked (net.py has changed)"),
    "an imported file": (
        _write("layers.py", "from torch.nn import Linear as layer"),
        "checked (layers.py has changed)",
    ),
    "a file of an editable dependency": (
        _write("../editable/editable_dependency.py", "VALUE = 2"),
        "checked (../editable/editable_dependency.py has changed)",
    ),
    "a YAML": (_write("width.yaml", "4"), "checked (width.yaml has changed)"),
    "a file that was missing": (lambda: Path("deep").touch(), "checked (deep has come or gone)"),
    "a folder that was listed": (lambda: Path("blocks/two").touch(), "checked (blocks holds other files)"),
    "an optional module": (lambda: Path("optional_extra.py").touch(), "checked (. holds other modules)"),
    "a module before an installed one": (
        lambda: Path("installed_dependency.py").touch(),
        "checked (. holds other modules)",
    ),
    "the version of a dependency": (
        lambda: Path("../site-packages/installed_dependency-1.0.dist-info").rename(
            "../site-packages/installed_dependency-1.1.dist-info"
        ),
        "checked (not checked before, or not in this way)",
    ),
    "a file that nobody looks at": (lambda: Path("README.md").touch(), "nothing has changed since it was checked"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_makes_a_remembered_result_stale(folder: Path, change: str) -> None:
    """What a run looked at is a part of its question; what comes of it is then what a fresh run says."""
    write(folder, {"net.py": READING, "layers.py": LAYERS, "width.yaml": "3", "blocks/one": ""})
    assert _words("net.py") == ["net.py: checked (not checked before, or not in this way)"]
    make, expected = CHANGES[change]
    make()
    checked, (words,) = _checked("net.py")
    shown = words.replace(f"{folder.parent}/editable", "../editable").replace(f"{folder}/", "")
    assert shown.replace(f"({folder} ", "(. ") == f"net.py: {expected}"
    fresh, _ = _checked("net.py", settings=Settings(root=folder, cache=False))
    assert _shown(checked.report) == _shown(fresh.report)


def test_a_variable_makes_it_stale(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another value of a variable that a model reads, but none of a variable that it does not."""
    write(folder, {"net.py": READING, "layers.py": LAYERS, "width.yaml": "3", "blocks/one": ""})
    _words("net.py")
    monkeypatch.setenv("HEIGHT", "5")
    assert _words("net.py") == ["net.py: nothing has changed since it was checked"]
    monkeypatch.setenv("WIDTH", "3")
    assert _words("net.py") == ["net.py: checked ($WIDTH has changed)"]


@pytest.mark.parametrize(
    ("change", "is_stale"),
    [
        ({"ignore": ("VIS101",)}, True),
        ({"rule_options": {"over-budget": {"params": 1}}}, True),
        ({"models": {"net.py::Net": ModelSettings("net.py::Net", inputs=InputSpec.parse("5x3"))}}, True),
        ({"fail_on": Severity.ERROR}, False),
        ({"exclude": ("other.py",)}, False),
    ],
)
def test_settings_make_it_stale(folder: Path, change: dict[str, object], is_stale: bool) -> None:  # noqa: FBT001 -- a parameter
    """What decides on findings does, what decides on the exit code or on other files does not."""
    write(folder, {"net.py": WIDE})
    settings = Settings(root=folder)
    _words("net.py", settings=settings)
    (words,) = _words("net.py", settings=replace(settings, **change))  # type: ignore[arg-type]  # fields by name
    assert words.startswith("net.py: checked (not checked before") == is_stale


def test_one_file_of_many_is_checked_again(folder: Path) -> None:
    """The others are remembered, a new neighbour or not."""
    write(folder, {f"zoo/net{number}.py": NET for number in range(3)})
    _words("zoo")
    write(folder, {"zoo/net1.py": NET + "\n", "zoo/net3.py": NET})
    assert [words.partition(" (")[0] for words in _words("zoo")] == [
        "zoo/net0.py: nothing has changed since it was checked",
        "zoo/net1.py: checked",
        "zoo/net2.py: nothing has changed since it was checked",
        "zoo/net3.py: checked",
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("import subprocess; subprocess.run(['true'])", "it uses subprocess.Popen"),
        ("open('written', 'w').close()", "it writes written"),
        ("raise RuntimeError", "what is broken is tried again"),
    ],
)
def test_what_is_not_remembered(folder: Path, line: str, reason: str) -> None:
    """A run that did more than to look, or that failed, is done again each time."""
    write(folder, {"net.py": f"{WIDE}\n    {line}"})
    for _ in range(2):
        (words,) = _words("net.py")
        assert words.replace(f"{folder}/", "").endswith(f"; not remembered: {reason}")


def test_a_damaged_entry_is_checked_again(folder: Path) -> None:
    """And written anew."""
    write(folder, {"net.py": WIDE})
    _words("net.py")
    (entry,) = Path(".visunn_cache").glob("?" * 32)
    entry.write_bytes(entry.read_bytes()[:-1])
    assert [_words("net.py"), _words("net.py")] == [
        ["net.py: checked (not checked before, or not in this way)"],
        ["net.py: nothing has changed since it was checked"],
    ]


def test_nothing_is_remembered_without_a_cache(folder: Path) -> None:
    """No folder is made, nothing is read."""
    write(folder, {"net.py": WIDE})
    settings = Settings(root=folder, cache=False)
    assert [_words("net.py", settings=settings) for _ in range(2)] == [["net.py: checked"]] * 2
    assert not Path(".visunn_cache").exists()


def test_shards_are_parts_of_a_whole(folder: Path) -> None:
    """Every unit is in exactly one of them, whatever else there is."""
    write(folder, {f"zoo/net{number}.py": NET for number in range(9)})
    settings = Settings(root=folder, cache=False)
    parts = [_checked("zoo", course=Course(Shard(index, 3)), settings=settings)[1] for index in (1, 2, 3)]
    assert sorted(words for part in parts for words in part) == sorted(_words("zoo", settings=settings))
    assert all(parts)
    write(folder, {"zoo/net9.py": NET})
    again = _checked("zoo", course=Course(Shard(1, 3)), settings=settings)[1]
    assert [words for words in again if "net9" not in words] == parts[0]


def test_it_stops_when_enough_have_failed(folder: Path) -> None:
    """What comes before is in the report, what comes after is counted."""
    write(folder, {f"zoo/net{number}.py": NET for number in range(4)} | {"zoo/net1.py": f"{NET}\n    1 / 0"})
    checked, words = _checked("zoo", course=Course(most_failures=1), settings=Settings(root=folder, cache=False))
    assert [each.partition(":")[0] for each in words] == ["zoo/net0.py", "zoo/net1.py"]
    assert (list(checked.report.topologies), checked.units, checked.not_checked) == (["zoo/net0.py::Net"], 4, 2)


def test_a_file_without_a_model_is_an_error_only_alone(folder: Path) -> None:
    """In a folder it has been left out."""
    without = "from torch import nn\n\nclass Net(nn.Module):\n    def __init__(self, width):\n        pass\n"
    write(folder, {"zoo/net.py": NET, "zoo/parts.py": without})
    for _ in range(2):
        checked, _ = _checked("zoo")
        assert (checked.report.broken, len(checked.report.topologies), len(checked.skipped)) == ((), 1, 1)
    alone, _ = _checked("zoo/parts.py")
    assert [broken.target for broken in alone.report.broken] == ["zoo/parts.py"]
