"""What a check was about, and so of what it can say that it is not there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from visunn_lint.config import Settings
    from visunn_lint.finding import Report


@dataclass(frozen=True, slots=True)
class Scope:
    """The report of a check, the project that it is about, and the files of which every model was checked."""

    report: Report
    root: Path
    covered: tuple[Path, ...]

    @staticmethod
    def of(report: Report, settings: Settings, covered: Sequence[Path]) -> Scope:
        """Return the scope of a report; ``covered`` are files and folders."""
        return Scope(report, settings.root or Path.cwd(), tuple(path.resolve() for path in covered))

    def has_run(self, code: str) -> bool:
        """Return whether a rule ran, on some model."""
        return any(rule.code == code for rule in self.report.rules_run)

    def has_run_everywhere(self, code: str) -> bool:
        """Return whether a rule ran on every model, and each of them to its end."""
        failed = self.report.broken or any(each.failure for each in self.report.topologies.values())
        skipped = any(rule.code == code for rule in self.report.rules_skipped)
        return self.has_run(code) and not failed and not skipped

    def holds(self, path: Path) -> bool:
        """Return whether all models of a file, or of all files of a folder, were checked."""
        return any(path.resolve().is_relative_to(place) for place in self.covered)

    def from_root(self, file: str) -> str:
        """Return a path as seen from the root of the project, as findings have it."""
        return Path(file).relative_to(self.root).as_posix() if Path(file).is_relative_to(self.root) else file
