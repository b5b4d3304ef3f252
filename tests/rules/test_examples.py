"""Every example of every rule: built, captured, and checked by its rule."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.rules.building import build_source, capture_source
from visunn_lint.loading.capturing import Subject, with_facts
from visunn_lint.pipeline.building.weights import bad_weights, uninitialised_memory_told
from visunn_lint.pipeline.engines.engine import Request
from visunn_lint.records import BadWeight
from visunn_lint.rules import Example, Rule, discover

_CASES = [
    pytest.param(rule, example, id=f"{rule.name}-{kind}{index}")
    for rule in discover()
    for kind, examples in (("bad", rule.bad), ("good", rule.good))
    for index, example in enumerate(examples)
]


@pytest.mark.parametrize(("rule", "example"), _CASES)
def test_a_rule_finds_what_its_examples_say(rule: type[Rule], example: Example, tmp_path: Path) -> None:
    """A bad example is found at the modules that it names, in that order; a good one is silent."""
    captured = capture_source(example.source, example.inputs, tmp_path)
    model = with_facts(replace(captured, shapes=example.shapes), _subject(example, rule, tmp_path))
    found = {finding.fingerprint: finding for finding in rule(**example.options).check(model)}
    assert tuple(finding.module for finding in found.values()) == example.at


def _subject(example: Example, rule: type[Rule], folder: Path) -> Subject:
    """Return a model of an example with what a rule wants to know of it beside its captures."""

    def read_weights() -> tuple[BadWeight, ...]:
        with uninitialised_memory_told():
            return bad_weights(build_source(example.source, folder, device="cpu"))

    request = Request(build_source(example.source, folder))
    return Subject(request, facts=rule.needs, loss=example.loss, read_weights=read_weights)
