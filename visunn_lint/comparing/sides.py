"""What the two arguments of a comparison name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from visunn_lint import lockfile
from visunn_lint.comparing import git
from visunn_lint.errors import TargetError
from visunn_lint.location import is_there

if TYPE_CHECKING:
    from collections.abc import Collection


@dataclass(frozen=True, slots=True)
class Side:
    """One side: a ``target``, in a ``revision`` of its repository if there is one, or models of a ``lock`` file."""

    text: str
    target: str = ""
    revision: str = ""
    lock: Path | None = None


def parse_sides(before: str, after: str, configured: Collection[str] = ()) -> tuple[Side, Side]:
    """Return the sides of ``visunn diff A B``; ``A..B TARGET`` is one target in two revisions.

    ``configured`` are names of models, which a revision may be asked for too. Raises TargetError
    for a revision that there is not, for one that stands alone, and where there is no second side.
    """
    alone = [text for text in (before, after) if _is_revision_alone(text, configured)]
    if alone:
        model = next((text for text in (before, after) if text and text not in alone), "model.py")
        sides = f"{before}..{after} model.py" if len(alone) > 1 else f"{alone[0]}:{model} {model}"
        message = f"`{alone[0]}` is a revision, not a model"
        raise TargetError(message, hint=f"write `visunn diff {sides}`")
    if not after:
        message = f"there is nothing to compare {before} with"
        hint = f"write `visunn diff {before} OTHER`, or a revision: HEAD:model.py"
        raise TargetError(message, hint=hint)
    first, dots, second = before.partition("..")
    if dots and not first.endswith("/") and not second.startswith("/"):
        return _in_revision(first or "HEAD", after), _in_revision(second or "HEAD", after)
    return _side(before, configured), _side(after, configured)


def _is_revision_alone(text: str, configured: Collection[str]) -> bool:
    is_target = text in configured or ":" in text or is_there(text)
    return not is_target and git.has_revision(text)


def _side(text: str, configured: Collection[str]) -> Side:
    file, _, _ = text.partition("::")
    if file.endswith(Path(lockfile.NAME).suffix):
        return Side(text, text.removeprefix(file).removeprefix("::"), lock=Path(file))
    revision, colon, target = text.partition(":")
    if colon and target and not target.startswith(":") and not is_there(file):
        place = target.partition("::")[0]
        is_known = target in configured or ":" in target or git.has_file(revision, place)
        if git.has_revision(revision) and is_known:
            return Side(text, target, revision)
        if place.endswith(".py"):
            return _in_revision(revision, target)
    return Side(text, text)


def _in_revision(revision: str, target: str) -> Side:
    if not git.has_revision(revision):
        message = f"no revision `{revision}` in this repository"
        hint = "fetch it; in CI, check out with fetch-depth: 0" if git.is_shallow() else "see `git log`"
        raise TargetError(message, hint=hint)
    place = target.partition("::")[0]
    if place.endswith(".py") and not git.has_file(revision, place):
        message = f"there is no {place} in revision `{revision}`"
        raise TargetError(message, hint=f"see `git ls-tree {revision}`")
    return Side(f"{revision}:{target}", target, revision)
