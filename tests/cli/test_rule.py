"""`visunn rule`: pages, the table, JSON."""

import json

import pytest

from visunn_lint.cli import run
from visunn_lint.rules import discover

Capture = pytest.CaptureFixture[str]


@pytest.mark.parametrize("name", ["VIS110", "vis110", "recycled-layer"])
def test_a_page_is_found_by_code_and_by_name(name: str, capsys: Capture) -> None:
    """A rule's page is its documentation in Markdown, by whatever name it is asked for."""
    assert run(["rule", name]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "# recycled-layer (VIS110)"
    assert [line for line in lines if line.startswith("## ")][:2] == ["## What it does", "## Why is this bad?"]


def test_a_page_in_colour_has_no_markdown_left(capsys: Capture) -> None:
    """On a terminal headings and code are set by style."""
    assert run(["rule", "VIS110", "--color", "always"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("\x1b[1mVIS110 recycled-layer \x1b[0m\x1b[1;36m[info]\x1b[0m")
    assert "##" not in out
    assert "`" not in out


def test_the_table_has_a_row_for_each_rule(capsys: Capture) -> None:
    """Without a name, every rule is a row of code, name, severity and summary."""
    assert run(["rule"]) == 0
    rows = [line.split(maxsplit=3) for line in capsys.readouterr().out.splitlines()]
    expected = [rule.info() for rule in discover()]
    assert [tuple(row[:3]) for row in rows] == [(rule.code, rule.name, rule.severity.value) for rule in expected]


def test_a_prefix_lists_its_rules(capsys: Capture) -> None:
    """The rows of the table whose codes begin so, each once, beside other rules that are named."""
    assert run(["rule", "vis3", "VIS30", "bias-before-norm", "VIS110"]) == 0
    codes = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert codes == [*(rule.code for rule in discover() if rule.code.startswith("VIS3")), "VIS110"]


def test_all_pages(capsys: Capture) -> None:
    """``--all`` prints the page of every rule, by code."""
    assert run(["rule", "--all"]) == 0
    titles = [line for line in capsys.readouterr().out.splitlines() if line.startswith("# ")]
    assert titles == [f"# {rule.name} ({rule.code})" for rule in discover()]


def test_json_holds_everything_that_is_known(capsys: Capture) -> None:
    """For programs, a rule is an object with its page, its severity and where it belongs."""
    assert run(["rule", "VIS110", "--output-format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    rule = document["rules"][0]
    assert (document["version"], len(document["rules"])) == (1, 1)
    assert list(rule) == ["code", "name", "severity", "summary", "help", "category", "since", "preview"]
    assert (rule["code"], rule["name"], rule["severity"]) == ("VIS110", "recycled-layer", "info")


def test_json_of_all_rules(capsys: Capture) -> None:
    """``--all`` gives a program every rule, by code, each with its page."""
    assert run(["rule", "--all", "--output-format", "json"]) == 0
    rules = json.loads(capsys.readouterr().out)["rules"]
    assert [(rule["code"], rule["help"]) for rule in rules] == [(rule.code, rule.page()) for rule in discover()]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("recycled-layers", "did you mean VIS110 (recycled-layer)?"),
        ("VIS119", "did you mean"),
        ("nonsense", "`visunn rule` lists them all"),
    ],
)
def test_an_unknown_rule_names_the_closest(name: str, hint: str, capsys: Capture) -> None:
    """A code or name that no rule has is exit 2."""
    assert run(["rule", name]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"error: no rule is called '{name}'\n  hint: {hint}")
