"""Where files belong."""

import json
from pathlib import Path

import pytest

from visunn_lint.location import is_installed


def test_a_file_of_the_standard_library_is_installed() -> None:
    """What Python brings along is nobody's own."""
    assert is_installed(json.__file__)


def test_a_link_is_what_it_leads_to(tmp_path: Path) -> None:
    """A linked file, and a file in a linked folder, belong where they really are."""
    (tmp_path / "linked.py").symlink_to(json.__file__)
    (tmp_path / "folder").symlink_to(Path(json.__file__).parent)
    found = [is_installed(str(tmp_path / name)) for name in ("linked.py", "folder/decoder.py", "own.py")]
    assert found == [True, True, False]


@pytest.mark.parametrize("name", ["site-packages/net.py", "site-packages/pack/net.py"])
def test_what_lies_in_site_packages_is_installed(tmp_path: Path, name: str) -> None:
    """An environment need not be that of this process."""
    assert is_installed(str(tmp_path / name))


def test_a_link_out_of_site_packages_is_the_users(tmp_path: Path) -> None:
    """An editable project that is linked into an environment is the user's own."""
    (tmp_path / "site-packages").mkdir()
    (tmp_path / "net.py").touch()
    (tmp_path / "site-packages" / "net.py").symlink_to(tmp_path / "net.py")
    assert not is_installed(str(tmp_path / "site-packages" / "net.py"))
