"""Topologies as syrupy keeps them: a text file for each, the tree and what feeds what, for people to review."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from visunn_lint.outline import outline
from visunn_lint.topology import Topology

if TYPE_CHECKING:
    from collections.abc import Iterator


class TopologySnapshot(SingleFileSnapshotExtension):
    """The extension that ``topology_snapshot`` uses; it takes topologies alone."""

    file_extension = "txt"
    _write_mode = WriteMode.TEXT

    def serialize(self, data: object, **_: Any) -> str:  # noqa: ANN401 -- what syrupy hands to any extension
        """Return a topology as the text that is kept; raises TypeError for anything else."""
        if not isinstance(data, Topology):
            message = f"topology_snapshot compares topologies, not {type(data).__name__}: use visunn(model)"
            raise TypeError(message)
        return "\n".join([str(data), "", *_wiring(data), ""])


def _wiring(topology: Topology) -> Iterator[str]:
    """Yield which call feeds which: a tree of modules alone would not show a connection that is lost."""
    yield "feeds"
    for source, targets in outline(topology).feeds.items():
        yield f"  {source} → {', '.join(targets)}"
