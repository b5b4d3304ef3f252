"""Every example of every rule: built, captured, and checked by its rule."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.rules.building import capture_source
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
    model = replace(captured, shapes=example.shapes)
    found = {finding.fingerprint: finding for finding in rule(**example.options).check(model)}
    assert tuple(finding.module for finding in found.values()) == example.at
