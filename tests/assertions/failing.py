"""Reads what a failing assertion says, as a person would."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


def failure(assertion: Callable[[], object]) -> str:
    """Return the message of the AssertionError that a call raises, its source lines without file and number."""
    with pytest.raises(AssertionError) as raised:
        assertion()
    return re.sub(r"(at|from) \S+:\d+ +", r"\1 ", str(raised.value))
