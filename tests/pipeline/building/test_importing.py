"""How files of the user's are imported, and what is left of that."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING
from unittest.mock import Mock

import pytest

from tests.projects import write
from visunn_lint.pipeline.building import importing
from visunn_lint.pipeline.building.importing import (
    forget,
    import_file,
    importable,
    imports_put_back,
    module_name,
    own_modules,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import ModuleType


@pytest.fixture(autouse=True)
def _put_back() -> Iterator[None]:
    with imports_put_back():
        yield


def _import(file: Path) -> ModuleType:
    with importable(file, file.parent):
        return import_file(file)


def _packaged(folder: Path) -> Path:
    return write(folder, {"pkg/__init__.py": "", "pkg/sub/__init__.py": "", "pkg/sub/net.py": ""})


def test_file_imports_its_siblings(tmp_path: Path) -> None:
    """A file in no package imports what lies beside it, as a script does."""
    write(tmp_path, {"model.py": "from sizes import WIDTH", "sizes.py": "WIDTH = 3"})
    assert _import(tmp_path / "model.py").WIDTH == 3


def test_relative_imports_work_in_a_package(tmp_path: Path) -> None:
    """A file of a package reaches the packages above it."""
    write(_packaged(tmp_path), {"pkg/sizes.py": "WIDTH = 5", "pkg/sub/net.py": "from ..sizes import WIDTH"})
    module = _import(tmp_path / "pkg" / "sub" / "net.py")
    assert (module.__name__, module.WIDTH) == ("pkg.sub.net", 5)


def test_relative_imports_work_without_a_package(tmp_path: Path) -> None:
    """Folders without ``__init__.py`` are taken for packages where a file imports relatively."""
    write(tmp_path, {"a/b/net.py": "from ..sizes import WIDTH\nfrom .depth import DEPTH"})
    write(tmp_path, {"a/sizes.py": "WIDTH = 5", "a/b/depth.py": "DEPTH = 2"})
    module = _import(tmp_path / "a" / "b" / "net.py")
    assert (module.__name__, module.WIDTH, module.DEPTH) == ("a.b.net", 5, 2)


def test_two_files_of_one_name_each_get_their_own_siblings(tmp_path: Path) -> None:
    """A second ``model.py`` neither is taken for the first nor sees its siblings."""
    write(tmp_path, {"a/model.py": "from sizes import WIDTH", "a/sizes.py": "WIDTH = 1"})
    write(tmp_path, {"b/model.py": "from sizes import WIDTH", "b/sizes.py": "WIDTH = 2"})
    assert [_import(tmp_path / name / "model.py").WIDTH for name in "ab"] == [1, 2]


def test_file_is_never_main(tmp_path: Path) -> None:
    """What stands behind ``if __name__ == "__main__"`` does not run, not even in ``__main__.py``."""
    write(tmp_path, {"pkg/__main__.py": "ran = __name__ == '__main__'"})
    assert not _import(tmp_path / "pkg" / "__main__.py").ran


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("model.py", "model"),
        ("my-model.v2.py", "my-model_v2"),
        ("json.py", "project.json"),
        ("pkg/sub/net.py", "pkg.sub.net"),
        ("pkg/sub/__init__.py", "pkg.sub"),
    ],
)
def test_name_of_a_file(tmp_path: Path, path: str, name: str) -> None:
    """A file is imported by its stem, dotted in a package, beside its folder if that is taken."""
    root = _packaged(tmp_path / "project")
    (root / path).touch()
    assert module_name(root / path) == name


def test_file_named_like_an_installed_module_does_not_hide_it(tmp_path: Path) -> None:
    """``json.py`` of the user's may import the real one."""
    write(tmp_path, {"json.py": "from json import dumps\nTEXT = dumps([1])"})
    assert _import(tmp_path / "json.py").TEXT == "[1]"


def test_importing_again_returns_the_same_module(tmp_path: Path) -> None:
    """A file that is imported already is not run a second time."""
    write(tmp_path, {"model.py": ""})
    assert _import(tmp_path / "model.py") is _import(tmp_path / "model.py")


def test_lazy_import_finds_siblings_within_the_context(tmp_path: Path) -> None:
    """What a function imports when it is called is found as long as the file is importable."""
    write(tmp_path, {"model.py": "def width():\n    from late import WIDTH\n    return WIDTH", "late.py": "WIDTH = 7"})
    file = tmp_path / "model.py"
    with importable(file, tmp_path):
        assert import_file(file).width() == 7


def test_failed_import_leaves_no_module(tmp_path: Path) -> None:
    """An exception passes through, and the half-made module is gone."""
    write(tmp_path, {"broken.py": "1 / 0"})
    with pytest.raises(ZeroDivisionError):
        _import(tmp_path / "broken.py")
    assert "broken" not in sys.modules


def test_sys_is_put_back(tmp_path: Path) -> None:
    """Paths and modules of the user's are gone afterwards, installed packages stay."""
    write(
        tmp_path,
        {"model.py": "import sys, sizes, this_is_nowhere.deep as deep\nsys.path.append('/nowhere')", "sizes.py": ""},
    )
    write(tmp_path, {"this_is_nowhere/deep.py": ""})
    path, modules = list(sys.path), dict(sys.modules)
    with imports_put_back():
        _import(tmp_path / "model.py")
        assert {"model", "sizes", "this_is_nowhere.deep"} <= set(own_modules())
    assert (sys.path, set(sys.modules)) == (path, set(modules))


def test_modules_that_were_there_before_are_not_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is taken back costs by the modules that are new: a check of a zoo asks once for each of its files."""
    write(tmp_path, {"model.py": "import sizes", "sizes.py": ""})
    asked = Mock(wraps=importing.file_of)
    with imports_put_back():
        _import(tmp_path / "model.py")
        monkeypatch.setattr(importing, "file_of", asked)
    assert [call.args[0].__name__ for call in asked.call_args_list] == ["model", "sizes"]


def test_own_modules_are_told_beside_known_ones(tmp_path: Path) -> None:
    """A module that replaced a known one counts as new."""
    write(tmp_path, {"a/model.py": "", "b/model.py": "", "a/other.py": ""})
    _import(tmp_path / "a" / "other.py")
    _import(tmp_path / "a" / "model.py")
    known = dict(sys.modules)
    assert own_modules(besides=known) == []
    _import(tmp_path / "b" / "model.py")
    assert own_modules(besides=known) == ["model"]


def test_replaced_modules_come_back(tmp_path: Path) -> None:
    """A module of the same name that was imported before is the one that is there afterwards."""
    write(tmp_path, {"a/model.py": "", "b/model.py": ""})
    before = _import(tmp_path / "a" / "model.py")
    with imports_put_back():
        assert _import(tmp_path / "b" / "model.py") is not before
    assert sys.modules["model"] is before


def test_forgetting_a_package_forgets_its_modules(tmp_path: Path) -> None:
    """A package goes with all that is in it."""
    _import(_packaged(tmp_path) / "pkg" / "sub" / "net.py")
    forget(["pkg"])
    assert not [name for name in sys.modules if name.partition(".")[0] == "pkg"]
