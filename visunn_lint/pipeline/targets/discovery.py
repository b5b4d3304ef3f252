"""Which files of a folder hold a model, told from their syntax: none of them is run to find out."""

from __future__ import annotations

import ast
import os
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from visunn_lint import source
from visunn_lint.location import seen_from
from visunn_lint.pipeline.targets.outline import (
    Function,
    Outline,
    first_loop,
    first_work,
    is_action_name,
    is_loss_name,
    is_model_name,
    is_zero_argument,
    outline,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_NEVER = ("test_*.py", "*_test.py", "conftest.py", "setup.py", "__main__.py")
_NEVER_FOLDERS = frozenset({"tests", "test", "__pycache__", "node_modules", "site-packages", "venv", "build", "dist"})
_LIBRARIES = ("torchvision.models.", "timm.", "transformers.", "segmentation_models_pytorch.", "torch_geometric.nn.")
_MODULE_BASES = ("Module", "LightningModule", "PreTrainedModel", "MessagePassing")
_NO_LAYERS = ("Parameter", "Buffer", "ParameterList", "ParameterDict", "DataParallel")
_NO_MODELS = ("Config", "Tokenizer", "TokenizerFast", "Processor", "Trainer", "Arguments", "Output", "Dataset")


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file with a model that a folder's check leaves out, and why."""

    file: Path
    reason: str


def model_files(folder: Path, *, root: Path, exclude: Sequence[str] = ()) -> Iterator[Path | Skipped]:
    """Yield the files below a folder whose syntax shows a model at top level, in the order of their names.

    Tests, ``setup.py`` and the like, files that git ignores and files that match a pattern of
    ``exclude`` are left out in silence. A script that would train or write when imported is
    Skipped, unless it marks what to lint.
    """
    for file in sorted(_python_files(folder)):
        if not _is_left_out(file, within=folder, root=root, exclude=exclude):
            yield from _judged(file, root)


def _judged(file: Path, root: Path) -> Iterator[Path | Skipped]:
    """Yield a file if it shows a model, as Skipped if it does more; nothing if it shows none."""
    found = outline(str(file))
    if found is None:
        yield from [file] if any("nn.Module" in line for line in source.lines(str(file))) else []
        return
    scene = Scene(file, found, root)
    if not (scene.has_mark or scene.defines_model or scene.builds_model):
        return
    line = 0 if scene.has_mark else scene.working_line
    yield Skipped(file, f"line {line} does its work as soon as the file is imported") if line else file


@dataclass(frozen=True)
class Scene:
    """A file among its neighbours: imported names are followed into the project's other files."""

    file: Path
    outline: Outline
    root: Path
    seen: frozenset[str] = frozenset()
    """Names on the way here, with their files: imports may go in circles."""

    @cached_property
    def has_mark(self) -> bool:
        """Whether something at top level is marked with ``visunn_lint.model``."""
        return any(self._is_mark(node) for statement in self.outline.statements for node in _decorators(statement))

    @cached_property
    def defines_model(self) -> bool:
        """Whether a Module class or a factory is defined at top level."""
        classes = (name for name in self.outline.classes if not is_loss_name(name))
        return any(map(self.is_module, classes)) or any(map(self._is_factory, self.outline.functions.values()))

    @cached_property
    def builds_model(self) -> bool:
        """Whether a model is built at top level."""
        built = (node.value for node in self.outline.statements if isinstance(node, ast.Assign | ast.AnnAssign))
        return any(self._is_instance(value) for value in built if value is not None)

    @property
    def working_line(self) -> int:
        """The line at which an import would start to work; 0 for a file that is there to be imported."""
        return first_work(self.outline) or (0 if self.defines_model else first_loop(self.outline))

    def is_module(self, name: str) -> bool:
        """Return whether a dotted name, as this file's imports resolve it, is a Module class."""
        owner, _, last = name.rpartition(".")
        if name in self.outline.classes:
            return self._derives(self.outline.classes[name])
        if owner.startswith("torch.nn"):
            return last[:1].isupper() and last not in _NO_LAYERS and not is_loss_name(last)
        if last in _MODULE_BASES or last.endswith("PreTrainedModel"):
            return True
        if name.startswith(_LIBRARIES):
            return last[:1].isupper() and not last.endswith(_NO_MODELS)
        return self._is_module_elsewhere(owner, last)

    def _derives(self, node: ast.ClassDef) -> bool:
        here = f"{self.file} defines {node.name}"
        if here in self.seen:
            return False
        deeper = replace(self, seen=self.seen | {here})
        return any(deeper.is_module(self.outline.origin(base)) for base in node.bases)

    def _is_module_elsewhere(self, owner: str, name: str) -> bool:
        """Return whether a name imported from another file of the project is a Module class there."""
        for file in self._files_of(owner):
            key, found = f"{file} imports {name}", outline(str(file))
            if found is not None and key not in self.seen:
                there = Scene(file, found, self.root, self.seen | {key})
                return there.is_module(found.imports.get(name, name))
        return False

    def _files_of(self, dotted: str) -> Iterator[Path]:
        """Yield the project's files that a dotted module name may stand for."""
        name = dotted.lstrip(".")
        depth = len(dotted) - len(name)
        folders = self.file.parents[depth - 1 : depth] if depth else dict.fromkeys([*self.file.parents[:4], self.root])
        for folder in folders if dotted else ():
            place = folder.joinpath(*name.split("."))
            yield from (file for file in (place.with_suffix(".py"), place / "__init__.py") if file.is_file())

    def _is_factory(self, function: Function) -> bool:
        if (
            not is_zero_argument(function)
            or isinstance(function, ast.AsyncFunctionDef)
            or is_action_name(function.name)
        ):
            return False
        if self.is_module(self.outline.origin(function.returns)):
            return True
        returns = any(isinstance(node, ast.Return) and node.value is not None for node in ast.walk(function))
        return returns and is_model_name(function.name)

    def _is_instance(self, value: ast.expr) -> bool:
        """Return whether an expression builds a model: ``Net(3).cuda().eval()``, ``resnet18()``."""
        while isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute):
            if not isinstance(value.func.value, ast.Call):
                break
            value = value.func.value
        if not isinstance(value, ast.Call):
            return False
        name = self.outline.origin(value.func)
        function = self.outline.functions.get(name)
        return (
            self.is_module(name)
            or name.startswith(("torchvision.models.", "timm.create_model"))
            or name.endswith(".from_pretrained")
            or (function is not None and self._is_factory(function))
        )

    def _is_mark(self, node: ast.expr) -> bool:
        called = node.func if isinstance(node, ast.Call) else node
        if isinstance(called, ast.Call):
            return self._is_mark(called)
        return self.outline.origin(called) == "visunn_lint.model"


def _decorators(statement: ast.stmt) -> list[ast.expr]:
    """Return what may mark a model in a statement: its decorators, or the call that it makes."""
    if isinstance(statement, Function | ast.ClassDef):
        return statement.decorator_list
    value = getattr(statement, "value", None)
    return [value] if isinstance(value, ast.expr) else []


def _python_files(folder: Path) -> Iterator[Path]:
    """Yield the Python files below a folder, without what git ignores, or what is hidden or built."""
    listed = _git_files(folder)
    if listed is not None:
        yield from (file for file in listed if file.suffix == ".py" and file.is_file())
        return
    for path, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".") and not _is_environment(Path(path, name))]
        yield from (Path(path, name) for name in names if name.endswith(".py"))


def _git_files(folder: Path) -> list[Path] | None:
    """Return the files below a folder that git tracks or would track; None outside a repository."""
    import subprocess  # noqa: PLC0415 -- most targets are files

    command = ["git", "-C", str(folder), "ls-files", "-co", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(command, capture_output=True, check=True)  # noqa: S603 -- no shell, a fixed command
    except (OSError, subprocess.CalledProcessError):
        return None
    return [folder / os.fsdecode(name) for name in dict.fromkeys(listed.stdout.split(b"\0")) if name]


def _is_environment(folder: Path) -> bool:
    return folder.name in _NEVER_FOLDERS or (folder / "pyvenv.cfg").exists()


def _is_left_out(file: Path, *, within: Path, root: Path, exclude: Sequence[str]) -> bool:
    relative = file.relative_to(within)
    if any(fnmatch(file.name, pattern) for pattern in _NEVER):
        return True
    if not _NEVER_FOLDERS.isdisjoint(relative.parts[:-1]):
        return True
    shown = Path(seen_from(root, file)).as_posix()
    return any(_matches(shown, pattern) for pattern in exclude)


def _matches(path: str, pattern: str) -> bool:
    """Return whether a path, one of its folders or its last part matches a glob."""
    pattern = pattern.rstrip("/")
    parts = path.split("/")
    whole = ("/".join(parts[:depth]) for depth in range(1, len(parts) + 1))
    return any(fnmatch(name, pattern) for name in (*whole, *parts))
