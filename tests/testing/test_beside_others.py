"""The plugin beside others, and without what pytest comes with."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.testing.conftest import CONFIGURATION, MODELS

ROOT = Path(__file__).parent.parent.parent

_WITHOUT_TORCH = """
import sys

import pytest
from visunn_lint.records import Captured, Module
from visunn_lint.topology import Topology


def topology(*paths):
    modules = {path: Module(path, "torch.nn.ReLU") for path in ("", *paths)}
    return Topology("Net", modules, {}, Captured("native", "meta"))


@pytest.mark.visunn(mode="train")
def test_fixture(visunn):
    assert repr(visunn) == "visunn"


@pytest.mark.xfail(raises=AssertionError, strict=True)
def test_comparison():
    assert topology("a") == topology("b")


def test_imports():
    assert not {"torch", "networkx"} & sys.modules.keys()
"""


@pytest.fixture
def _project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    monkeypatch.setenv("PYTHONPATH", path)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makepyfile(net=MODELS)
    pytester.makepyprojecttoml(f"{CONFIGURATION}\n[tool.pytest]\nstrict = true\n")


@pytest.mark.usefixtures("_project")
@pytest.mark.parametrize(
    ("module", "options"),
    [
        pytest.param("xdist", "-p xdist -n2 --dist loadgroup", id="xdist"),
        pytest.param("pytest", "-p no:xdist", id="without xdist"),
        pytest.param("pytest", "-p no:terminal", id="without terminal"),
        pytest.param("pytest", "-p no:cacheprovider", id="without cacheprovider"),
        pytest.param("pytest", "-p no:syrupy", id="without syrupy"),
        pytest.param("syrupy", "-p syrupy", id="syrupy"),
        pytest.param("pytest_cov", "-p pytest_cov --cov=net --cov-report=", id="pytest-cov"),
        pytest.param("pytest_asyncio", "-p pytest_asyncio", id="pytest-asyncio"),
        pytest.param("pytest_randomly", "-p pytest_randomly", id="pytest-randomly"),
    ],
)
def test_tests_run_beside_other_plugins(pytester: pytest.Pytester, module: str, options: str) -> None:
    """Fixture, marker, comparison and ``--visunn`` work in a fresh process, which imports no torch for them."""
    if find_spec(module) is None:
        pytest.skip(f"{module} is not installed")
    pytester.makepyfile(_WITHOUT_TORCH)
    arguments = [
        "-p",
        "visunn_lint.plugin",
        "--visunn",
        "-k",
        "not good and not wasteful and not raising",
        *options.split(),
    ]
    result = pytester.runpytest_subprocess(*arguments)
    assert result.ret == pytest.ExitCode.OK
    if "no:terminal" not in options:
        assert {"passed": 2, "xfailed": 1}.items() <= result.parseoutcomes().items()
