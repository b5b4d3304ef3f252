"""What tests of the native engine share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from visunn_lint.pipeline.engines.native.specs.memory import MEMORY

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def cold() -> Iterator[None]:
    """Begin a test with nothing remembered of ops, and leave nothing to the next."""
    MEMORY.forget()
    yield
    MEMORY.forget()
