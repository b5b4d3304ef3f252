"""Outcomes written down: what comes back is what went in, and every field of it."""

from dataclasses import fields, replace
from typing import Any

import pytest
from msgspec import structs
from torch import nn

import visunn_lint
from visunn_lint.cache import ModelOutcome, Outcome
from visunn_lint.cache.outcome import LazyTopologies, _StoredOutcome, _StoredTopology
from visunn_lint.finding import Broken, Finding, Related, Report, RuleInfo, Severity, SkippedRule
from visunn_lint.location import Location
from visunn_lint.records import Mode
from visunn_lint.topology import CapturedModel, Topology

MODES: tuple[Mode, ...] = ("eval", "train")

FINDING = Finding(
    code="VIS110",
    rule="recycled-layer",
    severity=Severity.INFO,
    message="`relu` is called 2 times",
    module="relu",
    location=Location("model.py", 10, 13, 10, 25),
    related=(Related("call 2", Location("model.py", 12, 16, 12, 28), "relu"), Related("no place")),
    model="model.py::Net",
)


def _model() -> CapturedModel:
    net = nn.Sequential(nn.Conv2d(3, 4, (3, 3), padding=(1, 1)), nn.Flatten(), nn.Linear(16, 2))
    in_eval, in_train = (visunn_lint.trace(net, inputs="2x3x2x2", mode=mode) for mode in MODES)
    return CapturedModel("net.py::Net", in_eval, in_train, inputs_are_guessed=True)


def test_an_outcome_comes_back_as_it_was() -> None:
    """Topologies with all their nodes, findings, rules, and what was broken."""
    outcome = Outcome(
        (ModelOutcome.of(_model()),),
        (FINDING,),
        (replace(FINDING, severity=Severity.ERROR),),
        (RuleInfo("VIS110", "recycled-layer", Severity.INFO, "A module called more than once.", "page"),),
        (SkippedRule("VIS401", "unexpected-module", "set `deny`"),),
        (Broken("other.py", "cannot be imported", "hint", "Traceback"),),
        (Broken("third.py", "has no model"),),
    )
    back = Outcome.from_bytes(outcome.to_bytes())
    (model,) = back.models
    assert replace(back, models=(replace(model, topologies=dict(model.topologies)),)) == outcome
    assert model.topology == outcome.models[0].topology
    assert list(model.topology.nodes) == list(outcome.models[0].topology.nodes)


def test_an_outcome_that_came_back_can_be_written_again() -> None:
    """What another process sent is remembered as it is."""
    data = Outcome((ModelOutcome.of(_model()),), (FINDING,)).to_bytes()
    assert Outcome.from_bytes(data).to_bytes() == data


def test_a_topology_is_read_when_it_is_asked_for() -> None:
    """Most reports need few of the topologies: one that cannot be read is noticed when it is wanted."""
    topologies = LazyTopologies({"eval": b"nonsense"})
    assert (list(topologies), len(topologies)) == (["eval"], 1)
    with pytest.raises(ValueError, match="incorrect header"):
        topologies["eval"]


@pytest.mark.parametrize("value", [float("nan"), 1 << 70, "\ud800", {1, 2}])
def test_what_does_not_survive_is_refused(value: object) -> None:
    """A topology that would come back as another, or that cannot be written, is not."""
    topology = visunn_lint.trace(nn.Linear(2, 2), inputs="1x2")
    name, node = next(iter(topology.nodes.items()))
    attributes: Any = {"value": value}
    odd = replace(topology, nodes={**topology.nodes, name: structs.replace(node, attributes=attributes)})
    with pytest.raises(ValueError):  # noqa: PT011 -- each says it in words of its own
        Outcome((ModelOutcome.of(CapturedModel("odd", eval=odd)),)).to_bytes()


def test_no_field_is_forgotten() -> None:
    """A field that is added to a topology or to a report is to be kept as well."""
    assert _StoredTopology.__struct_fields__ == tuple(field.name for field in fields(Topology) if field.compare)
    assert _StoredOutcome.__struct_fields__ == tuple(field.name for field in fields(Outcome))
    kept = {field.name for field in fields(Outcome)} | {"topologies"}
    assert {field.name for field in fields(Report)} <= kept
