"""The other side: the real TensorBoard shows what Visu logged, and what a SummaryWriter logged is read here."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
import warnings
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
import torch
from google.protobuf import text_format
from tensorboard.compat.proto.graph_pb2 import GraphDef
from torch import Tensor, nn
from torchvision.models import resnet18

from visunn_lint import Topology, Visu, trace
from visunn_lint.cli import run
from visunn_lint.pipeline.events import topology_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

IMAGES = torch.zeros(2, 3, 64, 64)
SECONDS = 60.0
"""How long TensorBoard may take to start and to load; it takes three where nothing else runs."""


class Small(nn.Module):
    """Two layers around an op, and one of them twice."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU())
        self.fc = nn.Linear(8, 8)

    def forward(self, x: Tensor) -> Tensor:
        """Return eight numbers for an image."""
        x = nn.functional.dropout(self.body(x).mean((2, 3)), training=self.training)
        result: Tensor = self.fc(self.fc(x).relu())
        return result


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a log by Visu, with scalars, and two by torch's own writer."""
    folder = tmp_path_factory.mktemp("logs")
    model = resnet18()
    with Visu(model, [(IMAGES, torch.zeros(2))], folder, "ours") as visu:
        for step in range(3):
            visu.update(step, torch.optim.SGD(model.parameters(), lr=0.5), 4.0 - step)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from torch.utils.tensorboard import SummaryWriter  # noqa: PLC0415 -- warns when imported

        for name, graph in (("resnet18", model), ("small", Small())):
            with SummaryWriter(str(folder / name)) as writer:
                writer.add_graph(graph, IMAGES)
                writer.add_scalar("loss", 1.0, 0)
    return folder


@pytest.fixture(scope="module")
def address(logdir: Path) -> Iterator[str]:
    """Start TensorBoard on the loopback, and return its address; it is gone after the test."""
    command = [sys.executable, "-m", "tensorboard.main", "--logdir", str(logdir), "--host", "127.0.0.1", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603 -- as installed
        try:
            assert process.stderr is not None
            found = (re.search(r"http://127\.0\.0\.1:\d+/", line) for line in process.stderr)
            yield next(match[0] for match in found if match)
        finally:
            process.terminate()


def _asked(address: str, path: str, **query: str) -> bytes:
    """Return what TensorBoard answers, once it has loaded the log."""
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            with urlopen(f"{address}data/plugin/{path}?{urlencode(query)}", timeout=SECONDS) as answer:  # noqa: S310 -- http on the loopback
                data: bytes = answer.read()
                return data
        except HTTPError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def test_tensorboard_shows_the_graph_that_visu_logged(address: str, logdir: Path) -> None:
    """Its own API gives a GraphDef with as many nodes as our Topology, under the same names and with the same edges."""
    shown = text_format.Parse(_asked(address, "graphs/graph", run="ours"), GraphDef())
    nodes = topology_of(sorted((logdir / "ours").iterdir())).nodes
    assert len(shown.node) == len(nodes)
    assert {node.name: [name.partition(":")[0] for name in node.input] for node in shown.node} == {
        name: list(node.inputs) for name, node in nodes.items()
    }


def test_tensorboard_shows_the_scalars_that_visu_logged(address: str) -> None:
    """At their steps; of the module table it shows nothing."""
    loss: list[Any] = json.loads(_asked(address, "scalars/scalars", run="ours", tag="loss"))
    rate: list[Any] = json.loads(_asked(address, "scalars/scalars", run="ours", tag="learning_rate"))
    assert [(step, value) for _, step, value in loss] == [(0, 4.0), (1, 3.0), (2, 2.0)]
    assert [value for _, _, value in rate] == [0.5, 0.5, 0.5]
    assert sorted(json.loads(_asked(address, "scalars/tags"))["ours"]) == ["learning_rate", "loss"]


def _by_path(topology: Topology) -> dict[str, tuple[str, int, tuple[int, ...] | None]]:
    """Return class, number of calls and output shape of each module that was called."""
    return {
        module.path: (module.short_kind, len(module.calls), module.output_shape) for module in topology if module.calls
    }


def _ops(topology: Topology) -> list[str]:
    """Return the ops in the order of execution, by the names that TorchScript has for them, too."""
    return [node.short_op.rstrip("_") for node in topology.ops()]


@pytest.mark.parametrize("name", ["resnet18", "small"])
def test_graph_of_a_summary_writer_is_read(name: str, logdir: Path) -> None:
    """Modules, calls, shapes and ops are those of our own capture."""
    model = resnet18() if name == "resnet18" else Small()
    read, direct = topology_of(sorted((logdir / name).iterdir())), trace(model, (IMAGES,))
    assert _by_path(read) == _by_path(direct)
    assert len(read.ops()) == len(direct.ops())
    assert {op for op in _ops(read) if op != "_convolution"} <= {*_ops(direct), "max_pool2d"}
    assert read.captured.inputs[0].spec.shape == (2, 3, 64, 64)


def test_commands_take_the_log_of_a_summary_writer(logdir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is known is shown and checked, what is not is one finding."""
    assert run(["tree", f"{logdir}::small"]) == 0
    tree = capsys.readouterr().out
    assert run(["check", f"{logdir}::small", "--output-format", "concise"]) == 1
    facts = "4 weights of unknown shape   input 2×3×64×64   read from a file   ✗ VIS201"
    assert tree.splitlines()[0] == f"Small   {facts}"
    assert "VIS201 [error] the log has no shape of `body.0.bias` and 3 more" in capsys.readouterr().out


def test_rules_on_what_the_log_does_not_hold_are_skipped(logdir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """TorchScript writes a dropout in eval as any other: whether it is on, the graph does not tell."""
    assert run(["check", f"{logdir}::small", "-v", "--output-format", "concise"]) == 1
    out, err = capsys.readouterr()
    assert "VIS501" not in out
    assert "VIS501 always-on-dropout did not run" in err
    assert "was logged by another program, without the arguments of its ops and their dtypes" in err
