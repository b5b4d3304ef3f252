"""The pytest plugin: the fixture `visunn`. Every test run of an environment imports this file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import visunn_lint

if TYPE_CHECKING:
    from collections.abc import Callable

    from visunn_lint.topology import Topology


@pytest.fixture(scope="session")
def visunn() -> Callable[..., Topology]:
    """Return ``visunn_lint.trace``: call it on a model and assert on the topology that comes back."""
    return visunn_lint.trace
