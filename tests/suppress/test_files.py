"""Files that suppressions are written into."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from visunn_lint.errors import VisunnError
from visunn_lint.suppress.files import replace_file

if TYPE_CHECKING:
    from pathlib import Path


def test_a_read_only_file_is_left_alone(tmp_path: Path) -> None:
    """Whoever made it so may have had a reason; the folder would let it be replaced."""
    file = tmp_path / "model.py"
    file.write_bytes(b"old")
    file.chmod(0o444)
    with pytest.raises(VisunnError, match=r"cannot write .*: it is read-only") as caught:
        replace_file(file, b"new")
    assert caught.value.hint.endswith(f"chmod u+w {file}")
    assert file.read_bytes() == b"old"


def test_a_link_keeps_leading_to_the_file(tmp_path: Path) -> None:
    """What it leads to is what is written."""
    (tmp_path / "model.py").write_bytes(b"old")
    link = tmp_path / "link.py"
    link.symlink_to("model.py")
    replace_file(link, b"new")
    assert (link.is_symlink(), (tmp_path / "model.py").read_bytes()) == (True, b"new")
