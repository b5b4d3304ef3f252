"""Every setting with its value and its origin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from visunn_lint.config.explaining import explain_settings

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class _Budget:
    params: int | None = None
    deny: tuple[str, ...] = ("A",)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return the folder of a project with settings at every level."""
    (tmp_path / "pyproject.toml").write_text(
        """
[tool.visunn]
# ignore = ["VIS9"]
ignore = ["VIS1"]
extend-select = ["VIS2"]

[tool.visunn.per-module-ignores]
"backbone.*" = ["VIS101"]

[tool.visunn.rules.budget]
params = 3

[tool.visunn.models.net]
target = "net.py"
rules.budget.params = 4
""",
        encoding="utf-8",
    )
    return tmp_path


def _explained(project: Path, **arguments: object) -> dict[str, tuple[object, str]]:
    found = explain_settings(project, rules={"budget": _Budget}, **{"environ": {}, **arguments})  # type: ignore[arg-type]  # as given
    return {".".join(each.path): (each.value, each.origin.replace(f"{project}/", "")) for each in found.settings}


def test_what_a_file_says_has_its_line(project: Path) -> None:
    """Also in tables of rules, models and modules; a comment is no line of it."""
    explained = _explained(project)
    assert {key: each for key, each in explained.items() if each[1] != "default"} == {
        "ignore": (["VIS1"], "pyproject.toml:4"),
        "extend-select": (["VIS2"], "pyproject.toml:5"),
        "per-module-ignores.backbone.*": (["VIS101"], "pyproject.toml:8"),
        "rules.budget.params": (3, "pyproject.toml:11"),
        "models.net.target": ("net.py", "pyproject.toml:14"),
        "models.net.rules.budget.params": (4, "pyproject.toml:15"),
    }


def test_every_other_setting_is_there_with_its_default(project: Path) -> None:
    """Options of rules included; what has no default is None."""
    explained = _explained(project, isolated=True)
    assert explained["fail-on"] == ("warning", "default")
    assert explained["select"] == ([], "default")
    assert explained["rules.budget.deny"] == (["A"], "default")
    assert explained["rules.budget.params"] == (None, "default")


def test_the_last_source_counts(project: Path) -> None:
    """A flag before TOML on the command line, that before the environment, that before files; lists add up."""
    explained = _explained(
        project,
        environ={"VISUNN_IGNORE": "VIS3", "VISUNN_FAIL_ON": "info", "VISUNN_EXTEND_SELECT": "VIS4"},
        config=['ignore = ["VIS5"]', "rules.budget.params = 9"],
        flags={"ignore": ["VIS6"]},
    )
    assert explained["ignore"] == (["VIS6"], "command line")
    assert explained["fail-on"] == ("info", "VISUNN_FAIL_ON")
    assert explained["extend-select"] == (["VIS2", "VIS4"], "pyproject.toml:5, VISUNN_EXTEND_SELECT")
    assert explained["rules.budget.params"] == (9, "--config")
    assert explained["models.net.rules.budget.params"] == (9, "--config")
