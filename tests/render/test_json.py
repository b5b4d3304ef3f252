"""The format for programs: version 1 of the document, byte for byte."""

import json
from dataclasses import replace

import msgspec
import pytest
from jsonschema import Draft202012Validator

from tests.render.fake_report import ABSENT, RECYCLED, report
from tests.render.golden import REPORTS
from visunn_lint.finding import Broken, Suppression
from visunn_lint.render import View
from visunn_lint.render.json import Document, render, schema


def test_the_whole_document() -> None:
    """Every field of version 1 is there, in this order."""
    suppressed = replace(ABSENT, suppression=Suppression("baseline", "older than the rule"))
    broken = Broken("x.py", "no such file", "write it")
    document = replace(report(RECYCLED), suppressed=(suppressed,), broken=(broken,))
    nothing: dict[str, object] = {"location": None, "label": "", "help": "", "related": []}
    expected = {
        "version": 1,
        "findings": [
            {
                "code": "VIS110",
                "rule": "recycled-layer",
                "severity": "info",
                "message": "`relu` is called 2 times, a cycle in the module graph",
                "model": "model.py::Net",
                "module": "relu",
                "node": "",
                "location": {"file": "model.py", "line": 10, "column": 13, "end_line": 10, "end_column": 25},
                "label": "call 1: relu → fc",
                "help": RECYCLED.help,
                "related": [
                    {
                        "message": "call 2: fc → relu",
                        "module": "relu",
                        "location": {"file": "model.py", "line": 12, "column": 16, "end_line": 12, "end_column": 28},
                    },
                ],
                "fingerprint": RECYCLED.fingerprint,
                "suppression": None,
            },
        ],
        "suppressed": [
            {
                "code": "VIS402",
                "rule": "absent-module",
                "severity": "error",
                "message": "no module is a `Dropout`",
                "model": "model.py::Net",
                "module": "",
                "node": "",
                **nothing,
                "fingerprint": ABSENT.fingerprint,
                "suppression": {"by": "baseline", "reason": "older than the rule"},
            },
        ],
        "models": [
            {
                "name": "model.py::Net",
                "parameters": 72,
                "trainable_parameters": 72,
                "engine": "native",
                "rung": "meta",
                "reason": "",
                "inputs": "2x8",
                "inputs_inferred": True,
                "forward_failed": False,
            },
        ],
        "rules_run": [
            {"code": "VIS102", "name": "unused-parameter", "severity": "warning"},
            {"code": "VIS110", "name": "recycled-layer", "severity": "info"},
        ],
        "rules_skipped": [
            {"code": "VIS201", "name": "missing-weight-shape", "reason": "needs the train capture", "model": ""},
        ],
        "broken": [{"target": "x.py", "message": "no such file", "hint": "write it"}],
    }
    assert render(document, View()) == json.dumps(expected, indent=2) + "\n"


def test_order_does_not_depend_on_the_run() -> None:
    """Models and rules are sorted, so that two runs give the same bytes."""
    models = ("b.py::Net", "a.py::Net")
    one = report(models=models)
    other = replace(report(models=models[::-1]), rules_run=one.rules_run[::-1])
    assert render(one, View()) == render(other, View())


def test_any_name_comes_through() -> None:
    """The document is ASCII, and names that no encoding can hold survive the round trip."""
    name = "層\udc80\x1b"
    rendered = render(report(replace(ABSENT, message=name)), View(color=True, width=20))
    assert rendered.isascii()
    assert json.loads(rendered)["findings"][0]["message"] == name


@pytest.mark.parametrize("name", REPORTS)
def test_a_document_meets_its_schema_and_comes_back(name: str) -> None:
    """Each document is valid, and read into the types of version 1 it is the same document."""
    text = render(REPORTS[name], View())
    document = json.loads(text)
    assert [error.message for error in Draft202012Validator(schema()).iter_errors(document)] == []
    assert json.dumps(msgspec.to_builtins(msgspec.convert(document, Document)), indent=2) + "\n" == text


def test_the_schema_refuses_what_is_not_version_1() -> None:
    """Another version, another severity or a field that is missing is not valid."""
    document = json.loads(render(report(ABSENT), View()))
    finding = document["findings"][0]
    wrong = [
        document | {"version": 2},
        document | {"findings": [finding | {"severity": "fatal"}]},
        {key: value for key, value in document.items() if key != "broken"},
    ]
    assert [Draft202012Validator(schema()).is_valid(each) for each in wrong] == [False, False, False]
