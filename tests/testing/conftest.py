"""A project with models, and a test run in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from torch import nn

import visunn_lint
from visunn_lint import render
from visunn_lint.loading import load
from visunn_lint.render import full

if TYPE_CHECKING:
    from collections.abc import Callable

MODELS = """
from torch import nn


class Good(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 8)

    def forward(self, x):
        return self.fc(x)


class Wasteful(Good):
    def __init__(self):
        super().__init__()
        self.unused = nn.Linear(4, 8)


class Raising(Good):
    def forward(self, x):
        return self.fc(self.fc(x))
"""

CONFIGURATION = """
[tool.visunn.models.good]
target = "net.py::Good"
inputs = "b x 4"

[tool.visunn.models.wasteful]
target = "net.py::Wasteful"
inputs = "b x 4"

[tool.visunn.models.raising]
target = "net.py::Raising"
inputs = "b x 4"
"""


@pytest.fixture(scope="session", autouse=True)
def _warm(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Import all that a check imports: a test run puts sys.modules back, and torch cannot be imported twice."""
    file = tmp_path_factory.mktemp("warm") / "net.py"
    file.write_text(MODELS, encoding="utf-8")
    load(str(file))
    full.render(visunn_lint.check(nn.Linear(2, 2), inputs="1x2"), render.View())


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Callable[..., pytest.RunResult]:
    """Return a function that runs pytest, in this process, in a project with the models of ``net.py``."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # whether visunn is installed or not, it is loaded once
    monkeypatch.setattr("sys.dont_write_bytecode", True)
    pytester.makepyfile(net=MODELS)
    pytester.makepyprojecttoml(CONFIGURATION)
    pytester.syspathinsert()

    def in_process(*arguments: str) -> pytest.RunResult:
        return pytester.runpytest_inprocess("-p", "visunn_lint.plugin", "-p", "no:cacheprovider", *arguments)

    return in_process


@pytest.fixture
def failure(pytester: pytest.Pytester, run: Callable[..., pytest.RunResult]) -> Callable[[str], str]:
    """Return a function that runs the one test of a file, which fails, and returns the lines that tell why."""

    def of(source: str) -> str:
        pytester.makepyfile(source)
        result = run()
        result.assert_outcomes(failed=1)
        return "\n".join(line.removeprefix("E       ").rstrip() for line in result.outlines if line.startswith("E  "))

    return of
