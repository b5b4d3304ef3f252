"""The outlines of the models on one side of a comparison."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import msgspec

from visunn_lint import lockfile
from visunn_lint.comparing import git
from visunn_lint.config import load_settings
from visunn_lint.errors import CaptureError, TargetError, VisunnError
from visunn_lint.loading import load
from visunn_lint.location import is_installed, is_there, real_path, seen_from
from visunn_lint.outline import Outline, outline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from visunn_lint.comparing.sides import Side
    from visunn_lint.topology import CapturedModel


@dataclass(frozen=True, slots=True)
class Options:
    """How the models of both sides are run; see ``loading.load``."""

    inputs: tuple[str, ...] = ()
    engine: str = "auto"
    timeout: float | None = None
    allow_network: bool = False
    config: tuple[str, ...] = ()
    isolated: bool = False


@dataclass(frozen=True, slots=True)
class Outlined:
    """The outline of a model, and whether its inputs are guessed; those of a lock file are what it was locked with.

    ``full_name`` is what a capture calls the model, "" for one of a lock file.
    """

    outline: Outline
    is_guessed: bool = False
    full_name: str = ""


def outlines_of(side: Side, options: Options) -> dict[str, Outlined]:
    """Return the outlines of a side's models by their names; raises VisunnError if one cannot be had.

    In a folder a model is named by its file, as seen from there, and its attribute; in a file by its attribute.
    """
    if side.lock is not None:
        return _of_lock(side.lock, side.target)
    if side.revision:
        with git.laid_out(side.revision) as files:
            return _in_process(side, options, files)
    return outlines_of_target(side.target, options)


def outlines_of_target(target: str, options: Options) -> dict[str, Outlined]:
    """Return the outlines of the models of a target in this process; raises VisunnError for the first that breaks."""
    place = Path(target.partition("::")[0])
    settings = load_settings(
        real_path(place) if is_there(place) else Path.cwd(), config=options.config, isolated=options.isolated, flags={}
    )
    loaded = load(
        target,
        inputs=options.inputs,
        modes=("eval",),
        engine=options.engine,
        models=settings.models,
        root=settings.root,
        timeout=options.timeout,
        exclude=settings.exclude,
        allow_network=options.allow_network,
    )
    for broken in loaded.broken:
        message = f"{broken.target}: {broken.message}"
        raise TargetError(message, hint=broken.hint)
    folder = place if place.is_dir() else None
    found: dict[str, Outlined] = {}
    for model in loaded.models:
        name = _name_on_its_side(model.name, folder)
        if name in found:
            message = f"{target} has several models that are called {name}"
            raise TargetError(message, hint="name one file, as in model.py")
        found[name] = Outlined(outline_of(model), model.inputs_are_guessed, model.name)
    return found


def _name_on_its_side(name: str, folder: Path | None) -> str:
    """Return what a model is called among those of its target, which is a folder or a single file."""
    file, separator, attribute = name.rpartition("::")
    return f"{seen_from(folder, file)}::{attribute}" if separator and folder else attribute


def by_attribute(models: Mapping[str, Outlined]) -> dict[str, Outlined]:
    """Return models by their attributes alone; where several files have one of the same, they keep their names."""
    attributes = {name: name.rpartition("::")[2] for name in models}
    number = Counter(attributes.values())
    return {attributes[name] if number[attributes[name]] == 1 else name: model for name, model in models.items()}


def outline_of(model: CapturedModel) -> Outline:
    """Return the outline of a model; raises CaptureError if its forward raised, since half a model is none."""
    failure = model.topology.failure
    if failure is None:
        return outline(model.topology)
    message = f"{model.name}: forward raises {failure.error}: {failure.message}"
    hint = "run `visunn check` on it first"
    raise CaptureError(
        message, topology=model.topology, module=failure.module, op=failure.op, location=failure.source, hint=hint
    )


def _of_lock(file: Path, name: str) -> dict[str, Outlined]:
    models = {model: Outlined(outline) for model, outline in lockfile.read_lock(file).items()}
    if not name:
        return models
    if name not in models:
        message = f"{file} has no model `{name}`"
        raise TargetError(message, hint=f"it has {', '.join(sorted(models))}")
    return {name: models[name]}


def _in_process(side: Side, options: Options, files: Path) -> dict[str, Outlined]:
    """Return the outlines of a target in the files of a revision, made by a process that has these files first."""
    top = git.top_folder()
    with TemporaryDirectory(prefix="visunn-") as folder:
        answer = Path(folder) / "answer"
        request = {
            "target": side.target,
            "options": options,
            "top": str(top),
            "files": str(files),
            "answer": str(answer),
        }
        command = [sys.executable, "-c", "from visunn_lint.comparing.revision import main; main()"]
        done = subprocess.run(  # noqa: S603 -- this very Python
            command,
            input=as_message(request),
            cwd=_working_folder(top, files),
            env={**os.environ, "PYTHONPATH": os.pathsep.join(_paths(top, files)), "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=subprocess.DEVNULL,
            check=False,
        )
        if not answer.exists():
            message = f"{side.text}: the process that captures it died with exit code {done.returncode}"
            raise TargetError(message, hint="check it out, and run `visunn check` there")
        return _decoded(side, answer.read_bytes())


def _working_folder(top: Path, files: Path) -> Path:
    """Return the working folder among a revision's files; it is made if the revision lacks it."""
    folder = files / Path.cwd().resolve().relative_to(top.resolve())
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _decoded(side: Side, answer: bytes) -> dict[str, Outlined]:
    told: dict[str, Any] = json.loads(answer)
    if "error" in told:
        message = f"{side.text}: {told['error']}"
        raise VisunnError(message, hint=told["hint"])
    return msgspec.convert(told["models"], dict[str, Outlined])


def _paths(top: Path, files: Path) -> list[str]:
    """Return where that process finds modules: what lies in the checkout is looked for in the revision's files."""
    first = [str(files), *(str(files / "src") for _ in range((files / "src").is_dir()))]
    return [*first, *(moved(path, top, files) for path in sys.path if path)]


def moved(path: str, top: Path, files: Path) -> str:
    """Return where a path of the checkout lies among a revision's files; installed packages stay where they are."""
    place = Path(path)
    if not place.is_relative_to(top) or is_installed(path):
        return path
    return str(files / place.relative_to(top))


def wrong_files(read: Sequence[str], top: Path, own: Path) -> list[str]:
    """Return which of the files that were run lie in the checkout, not in the revision; visunn's ``own`` may."""
    return [
        file
        for file in read
        if Path(file).is_relative_to(top) and not Path(file).is_relative_to(own) and not is_installed(file)
    ]


def as_message(told: Mapping[str, object]) -> bytes:
    """Return what is told to such a process, or by it, as JSON; the names of files may be no Unicode."""
    return json.dumps(msgspec.to_builtins(told, str_keys=True)).encode()
