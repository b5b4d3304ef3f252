"""What is imported when: torch, networkx and tensorboard take seconds, which most runs never need."""

import json
import subprocess
import sys

import pytest

import visunn_lint

SLOW = {"networkx", "starlette", "tensorboard", "torch", "uvicorn"}


def modules_after(program: str) -> set[str]:
    """Return the top-level modules that a fresh process has imported once it has run a program."""
    report = "\nimport json, sys\nprint('\\n' + json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    done = subprocess.run([sys.executable, "-c", program + report], capture_output=True, text=True, check=True)  # noqa: S603 -- our own program
    return set(json.loads(done.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    ("program", "forbidden"),
    [
        pytest.param("import visunn_lint", {*SLOW, "rich", "click", "msgspec"}, id="package"),
        pytest.param("import visunn_lint.plugin", {*SLOW, "rich", "click", "msgspec"}, id="plugin"),
        pytest.param("from visunn_lint.cli import run; run(['--help'])", {*SLOW, "rich", "msgspec"}, id="--help"),
        pytest.param("from visunn_lint.cli import run; run(['check', '--help'])", SLOW, id="check --help"),
        pytest.param("from visunn_lint.cli import run; run(['serve', '--help'])", SLOW, id="serve --help"),
        pytest.param("from visunn_lint.cli._visu import run; run(['--help'])", {*SLOW, "rich"}, id="visu --help"),
        pytest.param("from visunn_lint.cli import run; run(['rule', 'VIS301'])", SLOW, id="rule VIS301"),
        pytest.param("from visunn_lint.cli import run; run(['rule', '--all'])", SLOW, id="rule --all"),
        pytest.param("import visunn_lint; visunn_lint.Rule, visunn_lint.model, visunn_lint.Finding", SLOW, id="Rule"),
    ],
)
def test_slow_packages_are_not_imported(program: str, forbidden: set[str]) -> None:
    """What needs no model imports nothing that takes long."""
    assert modules_after(program) & forbidden == set()


def test_public_names_survive_the_import_of_every_submodule() -> None:
    """Once every submodule is imported, each public name is still what it was, the second time too."""
    program = """
import importlib, pkgutil
import visunn_lint

for module in pkgutil.walk_packages(visunn_lint.__path__, "visunn_lint."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)

for _ in range(2):
    assert callable(visunn_lint.trace) and callable(visunn_lint.check) and callable(visunn_lint.model)
    assert issubclass(visunn_lint.CaptureError, Exception)
    assert all(isinstance(kind, type) for kind in (visunn_lint.Topology, visunn_lint.Finding, visunn_lint.Rule))
    assert isinstance(visunn_lint.__version__, str)

model = importlib.import_module("torch").nn.Linear(2, 2)
for _ in range(2):
    assert visunn_lint.model(model) is model
    assert visunn_lint.trace(model, inputs="1x2").parameter_count == 6
    assert not visunn_lint.check(model, inputs="1x2").findings
"""
    assert "torch" in modules_after(program)


def test_public_names_are_listed() -> None:
    """``dir`` shows the public names before they are imported."""
    assert set(visunn_lint.__all__) <= set(dir(visunn_lint))


def test_an_unknown_name_is_an_attribute_error() -> None:
    """A name that is not public is refused as by any module."""
    with pytest.raises(AttributeError, match=r"^module 'visunn_lint' has no attribute 'nonsense'$"):
        visunn_lint.nonsense  # noqa: B018 -- asking for it is the point
