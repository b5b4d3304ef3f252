"""What a target names, taken apart into units: files and modules that are loaded one by one. It needs no torch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from visunn_lint.errors import TargetError
from visunn_lint.loading.flags import check_addresses
from visunn_lint.loading.logs import with_files
from visunn_lint.location import path_in, shown_path
from visunn_lint.pipeline.targets.target import Target, parse_target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from visunn_lint.finding import Broken
    from visunn_lint.loading.options import Options


@dataclass(frozen=True, slots=True)
class Unit:
    """One file or one module, and how it is loaded: it is captured, checked and remembered by itself."""

    target: Target
    options: Options

    @property
    def name(self) -> str:
        """What the user would call it."""
        return self.target.text


@dataclass(frozen=True, slots=True)
class Units:
    """The units of a target in the order of their names, and which files of a folder have been left out."""

    units: tuple[Unit, ...]
    skipped: tuple[str, ...] = ()


def units_of(text: str, options: Options) -> Units:
    """Return the units of a target: a file, ``file::name``, ``module:name``, a folder, a log, a configured name.

    Raises TargetError if there are none, InputError for inputs that would fit any file of a folder.
    """
    target = _parsed(text, options)
    named = text if text in options.models else ""
    if target.is_log:
        return Units((Unit(with_files(target), replace(options, named=named)),))
    if target.path is None or not target.path.is_dir():
        return Units((Unit(target, replace(options, named=named)),))
    files, skipped = _files(target.path, options)
    if len(files) > 1:
        check_addresses(options.inputs)
    own = replace(options, named=named, is_folder=len(files) > 1)
    return Units(tuple(Unit(Target(shown_path(file), file), own) for file in files), tuple(skipped))


def files_without_model(without: Sequence[Broken], *, is_all: bool) -> tuple[tuple[Broken, ...], tuple[str, ...]]:
    """Return what is broken, and what has been left out, of files that turned out to hold no model.

    In a folder such a file is no error, unless ``is_all`` says that nothing else was found.
    """
    if is_all:
        return tuple(without[:1]), ()
    return (), tuple(f"{each.target}: {each.message}" for each in without)


def _files(folder: Path, options: Options) -> tuple[list[Path], list[str]]:
    """Return the files of a folder that show a model, and what was left out; raises TargetError if there are none."""
    from visunn_lint.pipeline.targets.discovery import Skipped, model_files  # noqa: PLC0415 -- most targets are files

    found = list(model_files(folder, root=options.root, exclude=options.exclude))
    files = [file for file in found if isinstance(file, Path)]
    skipped = [f"{shown_path(each.file)}: {each.reason}" for each in found if isinstance(each, Skipped)]
    if not files:
        message = "has no file that shows a model at its top level"
        if skipped:
            message = f"{message} and is there to be imported ({skipped[0]})"
        raise TargetError(message, hint="name a file to have it run, such as folder/model.py")
    return files, skipped


def _parsed(text: str, options: Options) -> Target:
    if text in options.models:
        return replace(_configured(options.models[text].target, options.root), text=text)
    try:
        target = parse_target(text, Path.cwd())
    except TargetError as error:
        close = get_close_matches(text, options.models, n=1)
        raise TargetError(
            error.message, hint=f"did you mean the model `{close[0]}`?" if close else error.hint
        ) from None
    return target if target.path is None else replace(target, path=path_in(options.root, target.path))


def _configured(text: str, root: Path) -> Target:
    try:
        return parse_target(text, root)
    except TargetError as error:
        message = f"its target `{text}`: {error.message}"
        raise TargetError(message, hint=error.hint) from None
