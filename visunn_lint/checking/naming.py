"""The models and targets of a report, named from the root of the project as its files are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from visunn_lint.location import is_file, path_in
from visunn_lint.suppress.baseline import model_name
from visunn_lint.topology import Topology

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from visunn_lint.finding import Broken, Finding, Report, SkippedRule

_PLACE: Final = re.compile(r"(?<=\()[^():]+(?=:)|(?<= at )[^():]+(?=:)")
"""Where a message may name a file: in front of a line or a reason, ``(net.py:3)`` or ``at net.py:3``."""


def named_from_root(report: Report, root: Path, configured: Collection[str] = ()) -> Report:
    """Return a report whose bytes and fingerprints do not tell which folder the check was run in.

    A check names models and targets as its user would, from the working folder; a model of another project
    keeps its name, and so does a target that is one of the ``configured`` names.
    """
    found = (*report.findings, *report.suppressed)
    names = {name: model_name(name, root) for name in (*report.topologies, *(each.model for each in found))}
    broken = tuple(_placed(each, root, configured) for each in report.broken)
    if all(name == shown for name, shown in names.items()):
        return replace(report, broken=broken)
    return replace(
        report,
        findings=tuple(_renamed(finding, names) for finding in report.findings),
        suppressed=tuple(_renamed(finding, names) for finding in report.suppressed),
        topologies=_Topologies(report.topologies, names),
        rules_skipped=tuple(_explained(rule, names) for rule in report.rules_skipped),
        broken=broken,
    )


def _renamed(finding: Finding, names: Mapping[str, str]) -> Finding:
    return replace(finding, model=names[finding.model])


def _explained(rule: SkippedRule, names: Mapping[str, str]) -> SkippedRule:
    if rule.model not in names:
        return rule
    name = names[rule.model]
    return replace(rule, model=name, reason=f"{name}{rule.reason.removeprefix(rule.model)}")


def _placed(broken: Broken, root: Path, configured: Collection[str]) -> Broken:
    """Return a target that could not be linted with its file as seen from the root, and so the files of its message."""
    file, separator, attribute = broken.target.partition("::")
    is_path = broken.target not in configured and (separator or ":" not in file)
    target = f"{_from_root(file, root)}{separator}{attribute}" if is_path else broken.target
    return replace(broken, target=target, message=_PLACE.sub(lambda place: _file(place[0], root), broken.message))


def _file(text: str, root: Path) -> str:
    """Return what stands where a message may name a file, as seen from the root if it is one."""
    return _from_root(text, root) if is_file(text) else text


def _from_root(file: str, root: Path) -> str:
    """Return a path of the working folder as seen from the root; one of another project is absolute."""
    path = path_in(root, Path(file))
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


class _Topologies(Mapping[str, Topology]):
    """Topologies by other names of their models, each read when it is first asked for."""

    def __init__(self, topologies: Mapping[str, Topology], names: Mapping[str, str]) -> None:
        self._topologies = topologies
        self._names = {names[name]: name for name in topologies}

    def __getitem__(self, name: str) -> Topology:
        return self._topologies[self._names[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
