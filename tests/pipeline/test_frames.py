"""Places in the user's source, read off frames."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import pytest

from visunn_lint.location import Location
from visunn_lint.pipeline.frames import is_machinery, raising_location, user_location

if TYPE_CHECKING:
    from pathlib import Path

SOURCE = "def where(ask):\n    return ask(0)\n"


def test_alike_functions_of_two_files_have_their_own_places(tmp_path: Path) -> None:
    """Equal code objects compare equal: a cache must not take one file for the other."""
    places = []
    for name in ("a.py", "b.py"):
        namespace: dict[str, object] = {}
        exec(compile(SOURCE, tmp_path / name, "exec"), namespace)  # noqa: S102 -- the code is above
        where = namespace["where"]
        assert callable(where)
        places.append(where(user_location))
    assert places == [Location(str(tmp_path / name), 2, 12, 2, 18) for name in ("a.py", "b.py")]


def test_machinery_is_torchs_pythons_and_our_own() -> None:
    """Frames of torch, of visunn, of Python's library and of generated code are walked through, the user's are not."""
    import torch.nn.functional as functional_module  # noqa: PLC0415 -- its file is what is asked about

    files = [functional_module.__file__, __file__, copy.__file__, "<string>", "<frozen importlib._bootstrap>"]
    assert [is_machinery(file) for file in files] == [True, False, True, True, True]


def test_a_syntax_error_has_its_column_in_bytes() -> None:
    """As all places of a run have; the error itself counts characters."""
    with pytest.raises(SyntaxError) as raised:
        compile("größe = = 2\n", "net.py", "exec")
    assert raised.value.offset == len("größe = =")
    assert raising_location(raised.value) == Location("net.py", 1, len("größe = =".encode()))
