"""Where files belong."""

import json
import ntpath
from pathlib import Path

import pytest

from visunn_lint.location import (
    Location,
    is_file,
    is_folder,
    is_installed,
    is_there,
    path_in,
    real_path,
    seen_from,
    shown,
)


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


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project that another folder links to, with a file that is linked to by another one."""
    root = tmp_path / "project"
    root.mkdir()
    (root / "net.py").touch()
    (root / "link.py").symlink_to("net.py")
    (tmp_path / "linked").symlink_to(root, target_is_directory=True)
    return root


def test_links_of_folders_are_followed_and_that_of_a_file_is_not(project: Path) -> None:
    """A file is imported from where it stands, whatever it links to."""
    linked = project.parent / "linked"
    found = [real_path(path) for path in (linked, linked / "net.py", linked / "link.py", linked / "none.py")]
    assert found == [project, project / "net.py", project / "link.py", project / "none.py"]


def test_a_path_by_way_of_a_link_is_one_of_the_project(project: Path) -> None:
    """What is in the project as it stands, or is not in it at all, stays what it is."""
    linked, outside = project.parent / "linked", project.parent / "other.py"
    (project / "again").symlink_to(".")
    paths = (linked / "net.py", project / "again" / "net.py", linked / ".." / "other.py")
    assert [path_in(project, path) for path in paths] == [project / "net.py", project / "again" / "net.py", outside]


def test_a_text_that_is_too_long_for_a_path_is_none(project: Path) -> None:
    """It is asked of whatever was given as a target, or as configuration."""
    name = "a" * 300
    assert (is_there(name), is_file(name), is_folder(name)) == (False, False, False)
    assert real_path(project / name) == project / name


def test_a_file_on_another_drive_is_named_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """No relative path leads to it: Windows may have Python on C: and the project on D:."""
    file = r"C:\Python\Lib\site-packages\torch\nn\linear.py"
    with monkeypatch.context() as patched:
        patched.setattr("os.path.relpath", ntpath.relpath)
        found = [seen_from("D:\\project", file), seen_from("C:\\Python", file), shown(Location(file, 3))]
    assert found == [file, r"Lib\site-packages\torch\nn\linear.py", f"{file}:3"]
