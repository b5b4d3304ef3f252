"""A capture goes through a log, a Topology through ``encode``, and both come back the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from tensorboard.backend.event_processing.event_file_loader import LegacyEventFileLoader

from tests.models import seed, structures
from tests.pipeline.events.logs import as_read, small_capture, write_log
from visunn_lint.errors import VisunnError
from visunn_lint.loading import capture_model
from visunn_lint.pipeline import build_topology, capture, encode
from visunn_lint.pipeline.events import as_bytes, topology_of, write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.models.case import Case
    from visunn_lint.records import Mode

CASES = [*seed.SMALL, seed.GOOGLENET, *structures.STRUCTURES]


@pytest.mark.parametrize("mode", ["eval", "train"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_log_gives_the_topology_of_the_direct_capture(case: Case, mode: Mode, tmp_path: Path) -> None:
    """All is equal but the rung, which is ``file``; the Topology itself can be written and read likewise."""
    direct = capture(case.build(), case.args(), case.kwargs(), mode=mode)
    assert topology_of([write(direct, tmp_path)]) == as_read(direct)
    topology = build_topology(direct)
    assert build_topology(encode(topology)) == topology


def test_axes_that_follow_the_batch_are_kept() -> None:
    """They stand behind the specs of nodes, and in those of the calls."""
    model = capture_model(seed.SMALL[0].build(), inputs="b x 3 x 32 x 32", facts={"rebatched"})
    assert model.eval is not None
    read = build_topology(encode(model.eval))
    assert read == model.eval
    assert [spec and spec.batch_dims for spec in read.ops("relu")[0].output_specs] == [(0,)]


def test_forward_that_raised_is_kept(tmp_path: Path) -> None:
    """The failure stands in the table: the log holds what ran before."""
    direct = capture(torch.nn.Linear(3, 3), (torch.zeros(1, 2),))
    read = topology_of([write(direct, tmp_path)])
    assert read == as_read(direct)
    assert read.failure is not None


class Named(torch.nn.Module):
    """Runs modules whose names are all that a key may be."""

    def __init__(self) -> None:
        super().__init__()
        names = ["\ud800", "\0", "\x1b[31m", "</script>", "a/b:c^d", "\u202e"]
        self.parts = torch.nn.ModuleDict({name: torch.nn.Linear(2, 2) for name in names})

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return what they make of two numbers, one after the other."""
        for part in self.parts.values():
            x = part(x)
        return x


def test_names_of_any_kind_are_kept(tmp_path: Path) -> None:
    """A key of a ModuleDict may hold half a character, control characters and markup."""
    direct = capture(Named(), (torch.zeros(1, 2),))
    assert topology_of([write(direct, tmp_path)]) == as_read(direct)


def test_newest_graph_of_a_log_counts(tmp_path: Path) -> None:
    """Of several graphs in several files, as TensorBoard has it."""
    old, new = small_capture(), capture(torch.nn.Tanh(), (torch.zeros(3),))
    files = [
        write_log(tmp_path, as_bytes(new) + as_bytes(old), "events.out.tfevents.1"),
        write_log(tmp_path, new, "events.out.tfevents.2"),
    ]
    assert topology_of(files) == as_read(new)
    assert topology_of(files[:1]) == as_read(old)


def test_tensorboards_loader_reads_every_record(tmp_path: Path) -> None:
    """Version, table and graph, none of which it finds damaged; the table is of no plugin that it has."""
    direct = small_capture()
    events = list(LegacyEventFileLoader(str(write(direct, tmp_path))).Load())
    assert [event.WhichOneof("what") for event in events] == ["file_version", "summary", "graph_def"]
    assert [value.metadata.plugin_data.plugin_name for value in events[1].summary.value] == ["visunn_modules"]
    assert events[2].graph_def == direct.encoded


def test_same_capture_gives_the_same_bytes() -> None:
    """No time is in them."""
    assert as_bytes(small_capture()) == as_bytes(small_capture())


def test_new_log_takes_no_others_place(tmp_path: Path) -> None:
    """Neither that of a file nor that of a link, which may lead anywhere."""
    direct, link, outside = small_capture(), tmp_path / "events.out.tfevents.link", tmp_path / "outside"
    link.symlink_to(outside)
    file = write(direct, tmp_path / "events.out.tfevents.1")
    for taken in (file, link):
        with pytest.raises(VisunnError, match="there is something of that name"):
            write(direct, taken)
    assert not outside.exists()


def test_logs_of_one_folder_have_names_of_their_own(tmp_path: Path) -> None:
    """Two runs of one name lie beside each other, the later one behind."""
    first, second = (write(small_capture(), tmp_path / "runs" / "mlp") for _ in range(2))
    assert sorted(tmp_path.rglob("events*")) == [first, second]
