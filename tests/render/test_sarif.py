"""The format for code scanning: valid SARIF, with what GitHub reads in it."""

import json
from dataclasses import replace
from pathlib import Path, PureWindowsPath
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.render.fake_report import ABSENT, RECYCLED, UNUSED, report
from tests.render.golden import CRASHED, REPORTS, view
from visunn_lint.finding import Broken, Finding, Related
from visunn_lint.location import Location
from visunn_lint.render import View, sarif
from visunn_lint.render._line_hash import line_hash
from visunn_lint.render._places import Place
from visunn_lint.render.sarif import render

_SCHEMA = json.loads((Path(__file__).parent.parent / "schemas" / "sarif-2.1.0.json").read_text("utf-8"))


@pytest.fixture
def shown(tmp_path: Path) -> View:
    """Return a view on a folder that holds the model of the reports."""
    return view(tmp_path)


def _run(text: str) -> dict[str, Any]:
    run: dict[str, Any] = json.loads(text)["runs"][0]
    return run


def _result(text: str) -> dict[str, Any]:
    (result,) = _run(text)["results"]
    assert isinstance(result, dict)
    return result


@pytest.mark.parametrize("name", REPORTS)
def test_a_log_is_valid(name: str, shown: View) -> None:
    """Each log meets the published schema of SARIF 2.1.0, its URIs too."""
    text = render(REPORTS[name], shown)
    validator = Draft202012Validator(_SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
    assert [error.message for error in validator.iter_errors(json.loads(text))] == []


def test_a_result_has_what_github_reads(shown: View) -> None:
    """A result has its rule, a relative path, all four ends of its region, and links to its related places."""
    result = _result(render(report(RECYCLED), shown))
    root = {"uri": "model.py", "uriBaseId": "%SRCROOT%"}
    assert result == {
        "ruleId": "VIS110",
        "ruleIndex": 1,
        "level": "note",
        "message": {
            "text": "`relu` is called 2 times, a cycle in the module graph\n"
            f"Help: {RECYCLED.help}\n"
            "[relu: call 2: fc → relu](1)"
        },
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": root,
                    "region": {"startLine": 10, "startColumn": 13, "endLine": 10, "endColumn": 25},
                },
                "logicalLocations": [{"fullyQualifiedName": "model.py::Net/relu", "kind": "module"}],
            }
        ],
        "relatedLocations": [
            {
                "id": 1,
                "physicalLocation": {
                    "artifactLocation": root,
                    "region": {"startLine": 12, "startColumn": 16, "endLine": 12, "endColumn": 28},
                },
            }
        ],
        "partialFingerprints": {
            "primaryLocationLineHash": line_hash(str(shown.root / "model.py"), 10),
            "visunn/v1": RECYCLED.fingerprint,
        },
    }


def test_an_alert_outlives_moved_lines(shown: View) -> None:
    """Lines added above a finding change neither of its fingerprints."""
    before = _result(render(report(UNUSED), shown))["partialFingerprints"]
    text = (shown.root / "model.py").read_text("utf-8")
    (shown.root / "moved.py").write_text(f"import os\n\n{text}", encoding="utf-8")
    moved = replace(UNUSED, location=Location("moved.py", 8, 9, 8, 34))
    assert _result(render(report(moved), shown))["partialFingerprints"] == before


@pytest.mark.parametrize(
    ("finding", "uri", "region"),
    [
        (ABSENT, "model.py", (1, 1, 1, 1)),
        (replace(ABSENT, model="torchvision.models:resnet18"), "torchvision.models%3Aresnet18", (1, 1, 1, 1)),
        (replace(UNUSED, location=Location("a b/层#.py", 3)), "a%20b/%E5%B1%82%23.py", (3, 1, 3, 1)),
        (replace(UNUSED, location=Location("model.py", 11)), "model.py", (11, 9, 11, 23)),
        (replace(UNUSED, location=Location("model.py", 11, 11)), "model.py", (11, 11, 11, 23)),
        (replace(UNUSED, location=Location("/opt/net.py", 1, 1, 1, 2)), "file:///opt/net.py", (1, 1, 1, 2)),
    ],
)
def test_every_result_has_a_whole_place(finding: Finding, uri: str, region: tuple[int, ...], shown: View) -> None:
    """What is not known of a place is filled in: GitHub refuses a log with a result that has none."""
    place = _result(render(report(finding), shown))["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == uri
    assert tuple(place["region"].values()) == region


def test_findings_without_a_line_are_different_alerts(shown: View) -> None:
    """Findings of one rule that share the start of a file are told apart by what they say."""
    results = _run(render(report(ABSENT, replace(ABSENT, message="no module is a `BatchNorm2d`")), shown))["results"]
    hashes = {result["partialFingerprints"]["primaryLocationLineHash"] for result in results}
    assert len(hashes) == 2


def test_paths_start_at_the_repository(tmp_path: Path) -> None:
    """In a repository with several projects, a path is the one from its root."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "ml").mkdir()
    place = _result(render(report(UNUSED), view(tmp_path / "ml")))["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "ml/model.py", "uriBaseId": "%SRCROOT%"}


def test_what_was_not_linted_is_no_result(shown: View) -> None:
    """A broken target and a crashed rule make the run unsuccessful, and are notifications of the tool."""
    broken = replace(report(CRASHED), broken=(Broken("b.py", "no such file", "give one"),))
    run = _run(render(broken, shown))
    (invocation,) = run["invocations"]
    told = [notification["message"]["text"] for notification in invocation["toolExecutionNotifications"]]
    assert run["results"] == []
    assert invocation["executionSuccessful"] is False
    assert told == [
        "model.py::Net: VIS301 bias-before-norm crashed: KeyError: 'fc'",
        "b.py: no such file (give one)",
    ]


def test_a_clean_run_is_successful(shown: View) -> None:
    """Findings do not make a run unsuccessful, and neither does their absence."""
    assert [_run(render(given, shown))["invocations"] for given in (report(), report(UNUSED))] == [
        [{"executionSuccessful": True, "toolExecutionNotifications": []}]
    ] * 2


def test_suppressed_findings_open_no_alert(shown: View) -> None:
    """GitHub knows no suppressions: what is suppressed is counted and is no result."""
    run = _run(render(replace(report(), suppressed=(UNUSED, RECYCLED)), shown))
    assert (run["results"], run["properties"]) == ([], {"suppressedResults": 2})


def test_a_rule_brings_its_page(shown: View) -> None:
    """A rule has its page as Markdown and as text; one without a page has its summary."""
    rules = {rule["id"]: rule for rule in _run(render(REPORTS["mixed"], shown))["tool"]["driver"]["rules"]}
    assert rules["VIS110"]["help"]["markdown"].startswith("# recycled-layer (VIS110)\n")
    assert rules["VIS110"]["help"]["text"].startswith("recycled-layer (VIS110)\n\nWhat it does\n")
    assert rules["VIS102"]["help"] == {"text": "A Parameter no op reads.", "markdown": "A Parameter no op reads."}
    assert rules["VIS101"]["properties"] == {"tags": ["wiring", "preview"], "problem.severity": "warning"}


def test_what_looks_like_a_link_is_none(shown: View) -> None:
    """Brackets of a name cannot make a link; those of an ordinary message stay as they are."""
    evil = replace(UNUSED, message="`[x](javascript:y)`", related=(Related("[a](b)", None),))
    plain = replace(UNUSED, message="`blocks[0]` is unused")
    texts = [_result(render(report(finding), shown))["message"]["text"] for finding in (evil, plain)]
    assert texts == ["`\\[x\\](javascript:y)`\n\\[a\\](b)", "`blocks[0]` is unused"]


@pytest.mark.parametrize(
    ("text", "hashes"),
    [
        ("", ["c129715d7a2bc9a3:1"]),
        (" a\nb\n  \t\tc\n d", ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"]),
    ],
)
def test_the_hash_of_a_line_is_the_one_that_github_computes(text: str, hashes: list[str], tmp_path: Path) -> None:
    """On the examples that GitHub's own tests have, the hashes are the same."""
    (tmp_path / "case").write_text(text, encoding="utf-8")
    assert [line_hash(str(tmp_path / "case"), number + 1) for number in range(len(hashes))] == hashes


def test_equal_lines_are_counted(tmp_path: Path) -> None:
    """Lines with the same text behind them have one hash and different counts."""
    (tmp_path / "case").write_text("x\n" * 102, encoding="utf-8")
    first, second = (line_hash(str(tmp_path / "case"), number) or "" for number in (1, 2))
    assert (first.partition(":")[0], first[-2:], second[-2:]) == (second.partition(":")[0], ":1", ":2")
    assert line_hash(str(tmp_path / "case"), 104) is None


def test_a_file_on_a_drive_of_windows_has_an_address_of_its_own(shown: View, monkeypatch: pytest.MonkeyPatch) -> None:
    """As seen from the repository it would be a folder called C:."""
    monkeypatch.setattr(sarif, "PurePath", PureWindowsPath)
    file = "C:/Python 3/Lib/net.py"
    monkeypatch.setattr(sarif, "place_of", lambda *_: Place(file, file, 1, 1, 1, 2))
    (location,) = _result(render(report(UNUSED), shown))["locations"]
    assert location["physicalLocation"]["artifactLocation"] == {"uri": "file:///C:/Python%203/Lib/net.py"}
