"""The pytest plugin. Every test run of an environment imports this file: what it needs, its hooks import."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

    from visunn_lint.testing.collection import ConfigurationFile
    from visunn_lint.testing.fixture import Visunn

_RUNNING = pytest.StashKey[pytest.Item]()
"""The test that is running."""

_MARKER = (
    "visunn(select=(), ignore=(), mode='eval'): which rules visunn.check runs in this test, and the mode that the "
    "fixture visunn captures models in. The tests that --visunn makes have it too."
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--visunn``."""
    group = parser.getgroup("visunn", "visunn: lint and tests for the graph of a PyTorch model")
    group.addoption(
        "--visunn",
        action="store_true",
        help="Lint every model that [tool.visunn.models] names: one test for each model and rule.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, and with ``--visunn`` add the configuration to what is collected.

    Who names files or tests on the command line gets these alone.
    """
    config.addinivalue_line("markers", _MARKER)
    if config.getoption("--visunn") and config.args_source is not pytest.Config.ArgsSource.ARGS:
        path = _configuration(config)
        if not any(path.is_relative_to(config.invocation_params.dir / place) for place in config.args):
            config.args.append(str(path))


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> ConfigurationFile | None:
    """Collect the project's configuration with ``--visunn``, or another one that is named."""
    if file_path.name not in {"pyproject.toml", "visunn.toml"} or not parent.config.getoption("--visunn"):
        return None
    if not parent.session.isinitpath(file_path) and file_path != _configuration(parent.config):
        return None
    from visunn_lint.testing.collection import ConfigurationFile  # noqa: PLC0415 -- needed with --visunn alone

    return ConfigurationFile.from_parent(parent, path=file_path)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Remember which test runs, for the sake of its markers."""
    item.config.stash[_RUNNING] = item


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Return how two topologies or reports differ."""
    if op != "==" or "visunn_lint.topology" not in sys.modules:
        return None
    from visunn_lint.testing.comparing import explain  # noqa: PLC0415 -- needed where something fails

    return explain(left, right)


@pytest.fixture(scope="session")
def visunn(request: pytest.FixtureRequest) -> Visunn:
    """Capture models to assert on.

    ``topology = visunn(model, inputs=(1, 3, 224, 224))`` returns a topology, ``visunn.check(model)`` runs the
    rules. A model may be given by the name that the configuration has for it.
    """
    from visunn_lint.testing.fixture import Visunn  # noqa: PLC0415 -- needed by the tests that ask for it

    stash = request.config.stash
    return Visunn(request.config.rootpath, lambda: stash.get(_RUNNING, None))


@pytest.fixture
def topology_snapshot(request: pytest.FixtureRequest) -> SnapshotAssertion:
    """Compare topologies with what syrupy keeps of them: ``assert visunn(model) == topology_snapshot``.

    It is written and renewed as every snapshot is, by ``pytest --snapshot-update``.
    """
    try:
        snapshot: SnapshotAssertion = request.getfixturevalue("snapshot")
    except pytest.FixtureLookupError:
        pytest.fail("topology_snapshot needs syrupy: pip install 'visunn-lint[snapshot]'", pytrace=False)
    from visunn_lint.testing.snapshots import TopologySnapshot  # noqa: PLC0415 -- needed by the tests that ask for it

    return snapshot.use_extension(TopologySnapshot)


def _configuration(config: pytest.Config) -> Path:
    """Return the project's configuration; raises UsageError if there is none."""
    from visunn_lint.config.sources import find_config  # noqa: PLC0415 -- needed with --visunn alone

    found = find_config(config.rootpath)
    if found is None:
        message = f"--visunn: no [tool.visunn.models] from {config.rootpath} upward names a model"
        raise pytest.UsageError(message)
    return found
