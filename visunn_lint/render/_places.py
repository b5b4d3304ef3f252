"""Where a finding stands, for services that know the files of a repository and nothing else."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from visunn_lint import source
from visunn_lint.location import Location, is_file

if TYPE_CHECKING:
    from visunn_lint.finding import Broken, Finding, Report
    from visunn_lint.render._view import View

_AT_THE_END: Final = re.compile(r"\(([^():]+):(\d+)\)$")


@dataclass(frozen=True, slots=True)
class Place:
    """A span in a file of the repository.

    ``path`` is relative to the repository and has forward slashes, or is absolute for a file that
    lies elsewhere. Lines and columns count from 1, ``end_column`` is the one behind the span.
    ``file`` is the path that can be opened. ``is_exact`` is False where a finding has no line of
    its own and the place is that of its model.
    """

    path: str
    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    is_exact: bool = True

    @property
    def is_file(self) -> bool:
        """Whether there is such a file: a target may be an importable name, or one of the configuration."""
        return is_file(self.file)


def place_of(finding: Finding, report: Report, view: View) -> Place:
    """Return where a finding stands; without a line of its own, where its model does."""
    if finding.location is not None:
        return place_at(finding.location, view)
    topology = report.topologies.get(finding.model)
    root = topology.modules.get("") if topology else None
    if root is not None and root.source is not None and _is_within(root.source.file, view):
        return replace(place_at(root.source, view), is_exact=False)
    return place_of_target(finding.model, view)


def place_of_target(target: str, view: View) -> Place:
    """Return the start of the file that a target is in; of one that names no file, its own text stands for it.

    A target is written as seen from the reader's folder, unlike the paths of a report.
    """
    file = str(view.folder / (target.partition("::")[0] or "."))
    return Place(_from_repository(file, view.root), file, 1, 1, 1, 1, is_exact=False)


def place_of_broken(broken: Broken, view: View) -> Place:
    """Return where a target is broken: at the line of its file that the message names at its end, else at its start."""
    start = place_of_target(broken.target, view)
    named = _AT_THE_END.search(broken.message)
    is_own = named is not None and any(
        Path(folder, named[1]) == Path(start.file) for folder in (view.root, view.folder)
    )
    if named is None or not is_own:
        return start
    return replace(place_at(Location(start.file, int(named[2])), view), is_exact=False)


def place_at(location: Location, view: View) -> Place:
    """Return a location with all that is not known of its span filled in: it goes to the end of the line then."""
    file = view.absolute(location.file)
    path = _from_repository(file, view.root)
    line = max(location.line, 1)
    if location.column and location.end_line and location.end_column:
        return Place(path, file, line, location.column, location.end_line, location.end_column)
    text = source.line(file, line) or ""
    start = location.column or len(text) - len(text.lstrip()) + 1
    return Place(path, file, line, start, line, max(len(text.rstrip()) + 1, start))


def _is_within(file: str, view: View) -> bool:
    return Path(file).is_relative_to(view.root)


def _from_repository(file: str, root: Path) -> str:
    path, repository = Path(file), _repository(root)
    return (path.relative_to(repository) if path.is_relative_to(repository) else path).as_posix()


@lru_cache(maxsize=8)
def _repository(root: Path) -> Path:
    """Return the nearest folder upward that is a git checkout, else the project's own."""
    return next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), root)
