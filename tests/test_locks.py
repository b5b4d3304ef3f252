"""Locks do not depend on the release of torch that captures a model."""

from tests.locks import GOLDEN, outlines
from visunn_lint.diff import compare
from visunn_lint.lockfile import lock_text, read_lock


def test_lock_is_that_of_another_release() -> None:
    """The one that torch 2.13.0 gave, for three models, byte for byte."""
    now, then = outlines(), read_lock(GOLDEN)
    assert {name: compare(then[name], model).changes for name, model in now.items()} == dict.fromkeys(now, ())
    assert lock_text(now) == GOLDEN.read_text(encoding="utf-8")
