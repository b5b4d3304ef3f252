"""A folder of model files, each run as ``visunn check`` runs it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.zoo.sources.library import run_inferred
from visunn_lint.loading.capturing import MODES
from visunn_lint.loading.module import runs
from visunn_lint.loading.options import Options
from visunn_lint.pipeline.building.importing import imports_put_back
from visunn_lint.pipeline.targets.discovery import model_files
from visunn_lint.pipeline.targets.target import Target

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.zoo.record import Task
    from benchmarks.zoo.sources.source import Found
    from visunn_lint.loading.capturing import Run, Subject


@dataclass(frozen=True, slots=True)
class Folder:
    """The files of a folder that show a model at their top level."""

    path: Path

    def names(self) -> list[str]:
        """Return the files, as seen from the folder."""
        root = self.path.resolve()
        found = model_files(root, root=root, exclude=())
        return sorted(str(file.relative_to(root)) for file in found if isinstance(file, Path))

    def models(self, task: Task) -> Found:
        """Yield the models of one file."""
        root = self.path.resolve()
        target = Target(task.name, root / task.name)
        options = Options((), MODES, "auto", {}, root, None, (), allow_network=False)
        with imports_put_back(), closing(runs(target, options)) as found:
            for name, run in found:
                yield name.rpartition("::")[2], run if task.conventions else partial(_inferred, run)


def _inferred(run: Callable[[], tuple[Subject, Run]]) -> tuple[Subject, Run]:
    subject, _ = run()
    return subject, run_inferred(subject)
