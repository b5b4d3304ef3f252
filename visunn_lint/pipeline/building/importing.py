"""The user's modules, imported as pytest's importlib mode does, and gone afterwards."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder
from itertools import accumulate
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from visunn_lint.pipeline.building.installed import InstalledFinder
from visunn_lint.pipeline.frames import is_foreign
from visunn_lint.pipeline.targets.outline import relative_depth

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from types import ModuleType


@contextmanager
def imports_put_back() -> Iterator[None]:
    """Take back, on leaving, all that importing the user's modules did to ``sys``.

    Installed packages stay imported: many of them cannot be imported twice.
    """
    path, modules, finder = list(sys.path), dict(sys.modules), InstalledFinder()
    importlib.invalidate_caches()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        sys.path[:] = path
        forget(own_modules(besides=modules))
        sys.modules.update({name: module for name, module in modules.items() if name not in sys.modules})


@contextmanager
def importable(file: Path, root: Path) -> Iterator[None]:
    """Make a file, its siblings and the project's packages importable while the context lasts.

    The folder around the file's package comes first on ``sys.path``, for a file in no package its
    own folder, as when Python runs it; last, if the file is named like an installed module.
    """
    top = _top_folder(file)
    is_shadow = top == file.parent and _is_taken(file.stem)
    with folders_on_path([] if is_shadow else [top], [top, file.parent, root]):
        yield


@contextmanager
def folders_on_path(first: Sequence[Path], last: Sequence[Path] = ()) -> Iterator[None]:
    """Put folders before and behind ``sys.path`` while the context lasts.

    The user's modules that hide one of the same name in the first folders are forgotten.
    """
    path = list(sys.path)
    sys.path[:] = dict.fromkeys([*map(str, first), *path, *map(str, last)])
    for folder in first:
        _forget_namesakes(folder)
    try:
        yield
    finally:
        sys.path[:] = path


def import_file(file: Path) -> ModuleType:
    """Return the module that a file defines, imported unless it is already; never as ``__main__``.

    Call it within ``importable``. Whatever the import raises passes through.
    """
    name = module_name(file)
    found = sys.modules.get(name)
    if found is not None and file_of(found) == file:
        return found
    if _is_in_package(file):
        return importlib.import_module(name)
    forget([name])
    _make_parents(name, file)
    return _execute(name, file)


def module_name(file: Path) -> str:
    """Return the name to import a file by: dotted within a package, else its stem.

    A file in no package that imports relatively, or is named like an installed module, is taken
    for a part of its folder.
    """
    stem = file.stem.replace(".", "_")
    if _is_in_package(file):
        parts = file.parent.relative_to(_top_folder(file)).parts
        return ".".join(parts if stem == "__init__" else (*parts, stem))
    depth = relative_depth(str(file)) or int(_is_taken(stem))
    return ".".join([*(_folder_name(folder) for folder in reversed(file.parents[:depth])), stem])


def own_modules(besides: Mapping[str, ModuleType] = MappingProxyType({})) -> list[str]:
    """Return the names of the imported modules that are the user's: neither installed nor built in.

    Those that are the same in ``besides`` are left out, and not looked at: torch alone imports two thousand.
    """
    there = [(name, module) for name, module in sys.modules.items() if besides.get(name) is not module]
    return [name for name, module in there if name != "__main__" and _is_own(module)]


def forget(names: Iterable[str]) -> None:
    """Take modules out of ``sys.modules``, those of theirs that are packages with all that is in them."""
    for name in list(names):
        for part in [part for part in sys.modules if part == name or part.startswith(f"{name}.")]:
            del sys.modules[part]


def file_of(module: ModuleType) -> Path | None:
    """Return the file of a module, of a namespace package its first folder."""
    namespace = getattr(module, "__dict__", {})
    found = namespace.get("__file__") or next(iter(namespace.get("__path__") or ()), None)
    return Path(found) if isinstance(found, str) else None


def _execute(name: str, file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        message = f"{file} is not a Python file"
        raise ImportError(message)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return sys.modules.get(name, module)


def _is_own(module: ModuleType) -> bool:
    file = file_of(module)
    return file is not None and not is_foreign(str(file))


def _is_taken(name: str) -> bool:
    """Return whether a top-level name is that of an installed or built-in module."""
    if name in sys.stdlib_module_names or name == "__main__":
        return True
    found = sys.modules.get(name)
    if found is not None:
        return not _is_own(found)
    spec = PathFinder.find_spec(name)
    return spec is not None and spec.origin is not None and is_foreign(spec.origin)


def _is_in_package(file: Path) -> bool:
    return _top_folder(file) != file.parent and "." not in file.stem


def _top_folder(file: Path) -> Path:
    """Return the folder around the outermost package that a file belongs to, else its own folder."""
    folder = file.parent
    while (folder / "__init__.py").is_file() and folder.name.isidentifier():
        folder = folder.parent
    return folder


def _folder_name(folder: Path) -> str:
    name = folder.name.replace(".", "_") or "folder"
    return f"{name}_" if _is_taken(name) else name


def _make_parents(name: str, file: Path) -> None:
    """Make the folders around a file in no package into namespace packages, as far as its name says."""
    parents = list(accumulate(name.split(".")[:-1], "{}.{}".format))
    for parent, folder in zip(parents, reversed(file.parents[: len(parents)]), strict=True):
        found = sys.modules.get(parent)
        if found is not None and file_of(found) == folder:
            continue
        forget([parent])
        spec = ModuleSpec(parent, None, is_package=True)
        spec.submodule_search_locations = [str(folder)]
        sys.modules[parent] = importlib.util.module_from_spec(spec)


def _forget_namesakes(folder: Path) -> None:
    """Forget the user's modules that would be taken for a module of this folder."""
    for entry in folder.iterdir():
        name = entry.stem if entry.suffix == ".py" else entry.name
        found = sys.modules.get(name)
        if found is None or name == "__main__" or not _is_own(found):
            continue
        file = file_of(found)
        if file is not None and file != entry and entry not in file.parents:
            forget([name])
