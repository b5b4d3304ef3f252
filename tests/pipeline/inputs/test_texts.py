"""The texts that forward tells apart."""

from __future__ import annotations

import pytest

from tests.models.batched import Compared, Optional, Tasks
from visunn_lint.pipeline.inputs.texts import first_text


@pytest.mark.parametrize(
    ("name", "expected"), [("mode", "long"), ("way", "there"), ("how", "slow"), ("task", None), ("x", None)]
)
def test_texts_of_comparisons(name: str, expected: str | None) -> None:
    """They are found in ``==``, ``match`` and ``in``; what is no text is none."""
    assert first_text(Compared(), name) == expected


def test_what_is_asked_for_a_key_is_no_text() -> None:
    """A batch that may hold a mask is a batch."""
    assert first_text(Optional(), "batch") is None


def test_texts_of_keys() -> None:
    """A head that is looked up by a parameter is there."""
    assert first_text(Tasks(), "task") == "depth"
