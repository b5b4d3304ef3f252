"""Reports made by hand, for the tests of the formats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from visunn_lint.finding import Finding, Related, Report, RuleInfo, Severity, SkippedRule
from visunn_lint.location import Location
from visunn_lint.records import Captured, Module, Param
from visunn_lint.topology import Topology

if TYPE_CHECKING:
    from pathlib import Path

MODEL = """\
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 8)
        self.relu = nn.ReLU()

    def forward(self, x):
        x = self.relu(x)
        x = self.fc(x)
        return self.relu(x)
"""

RULES = (
    RuleInfo("VIS102", "unused-parameter", Severity.WARNING, "A Parameter no op reads."),
    RuleInfo("VIS110", "recycled-layer", Severity.INFO, "A module called more than once."),
)

RECYCLED = Finding(
    code="VIS110",
    rule="recycled-layer",
    severity=Severity.INFO,
    message="`relu` is called 2 times, a cycle in the module graph",
    module="relu",
    location=Location("model.py", 10, 13, 10, 25),
    label="call 1: relu → fc",
    help="nothing is shared between the calls; one nn.ReLU() per call makes the graph read as written",
    related=(Related("call 2: fc → relu", Location("model.py", 12, 16, 12, 28), "relu"),),
    model="model.py::Net",
)

UNUSED = Finding(
    code="VIS102",
    rule="unused-parameter",
    severity=Severity.WARNING,
    message="`fc.bias` is read by no op",
    module="fc",
    location=Location("model.py", 6, 9, 6, 34),
    model="model.py::Net",
)

ABSENT = Finding(
    code="VIS402",
    rule="absent-module",
    severity=Severity.ERROR,
    message="no module is a `Dropout`",
    model="model.py::Net",
)


def net(name: str = "model.py::Net") -> Topology:
    """Return a topology with the modules of MODEL and no graph."""
    weight, bias = Param("fc.weight", (8, 8), "float32"), Param("fc.bias", (8,), "float32")
    modules = (
        Module("", "model.Net", children=("fc", "relu")),
        Module("fc", "torch.nn.Linear", params=(weight, bias)),
        Module("relu", "torch.nn.ReLU"),
    )
    captured = Captured("native", "meta", input_spec="2x8", inferred=True)
    return Topology(name, {module.path: module for module in modules}, {}, captured)


def report(*findings: Finding, models: tuple[str, ...] = ("model.py::Net",)) -> Report:
    """Return a report on some models that has these findings."""
    return Report(
        findings=findings,
        topologies={name: net(name) for name in models},
        rules_run=RULES,
        rules_skipped=(SkippedRule("VIS201", "missing-weight-shape", "needs the train capture"),),
    )


def write_model(folder: Path) -> None:
    """Write MODEL where the reports say that it is."""
    (folder / "model.py").write_text(MODEL, encoding="utf-8")
