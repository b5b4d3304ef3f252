"""The format for pull requests and job summaries: GitHub's Markdown, safe whatever names hold."""

from __future__ import annotations

import re
from itertools import accumulate, takewhile
from typing import TYPE_CHECKING

from visunn_lint.finding import Severity
from visunn_lint.render._summary import sentence
from visunn_lint.render._view import printable
from visunn_lint.text import clip, count

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from visunn_lint.finding import Finding, Report
    from visunn_lint.render._view import View
    from visunn_lint.topology import Topology

_SIGNS = {Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.INFO: "ℹ️"}  # noqa: RUF001 -- the sign for information
_ROOM_FOR_ROWS = 700_000
"""Bytes: GitHub takes a job summary of up to 1 MiB, and nothing at all of a larger one."""
_LONGEST_TEXT = 600
_MOST_ADVICE = 5
"""How much different advice of one rule is repeated."""

_QUOTED = re.compile(r"`([^`]+)`")
_PLAIN_CODE = re.compile(r"[\w .,:;()=/+×→-]*", re.ASCII)
_MARKS = re.compile(r"[\\`*_{}\[\]<>&|~$]")


def render(report: Report, view: View) -> str:  # noqa: ARG001 -- a page reads the same whatever the terminal
    """Return a heading that counts, a table of the findings, and folded below it what to do and what was run."""
    blocks = ["## visunn", f"**{_text(sentence(report))}**", *_broken(report)]
    if report.findings:
        blocks += ["\n".join(_table(report.findings)), *_advice(report)]
    blocks += _models(report)
    return "\n\n".join(blocks) + "\n"


def _broken(report: Report) -> Iterator[str]:
    for broken in report.broken:
        hint = f"<br>{_text(broken.hint)}" if broken.hint else ""
        yield f"> ❌ **{_text(broken.target)} could not be linted**: {_text(broken.message)}{hint}"


def _table(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield the rows of the table, the worst findings first, as many as there is room for."""
    ordered = sorted(findings, key=lambda finding: -finding.severity.rank)
    rows = [_row(finding) for finding in ordered]
    sizes = accumulate(len(row.encode()) for row in rows)
    shown = sum(1 for _ in takewhile(lambda size: size <= _ROOM_FOR_ROWS, sizes))
    yield "| | Rule | Where | Finding |"
    yield "|---|---|---|---|"
    yield from rows[:shown]
    if shown < len(rows):
        yield f"| | | | and {count(len(rows) - shown, 'more finding')} |"


def _row(finding: Finding) -> str:
    place = str(finding.location) if finding.location else finding.model
    where = "<br>".join(map(_code, filter(None, (place, finding.module))))
    rule = f"{finding.code}<br>{_text(finding.rule)}"
    return f"| {_SIGNS[finding.severity]} {finding.severity.value} | {rule} | {where} | {_text(finding.message)} |"


def _advice(report: Report) -> Iterator[str]:
    """Yield a folded list of what to do, for each rule that found something."""
    summaries = {rule.code: rule.summary for rule in report.rules_run}
    by_rule: dict[tuple[str, str], dict[str, None]] = {}
    for finding in sorted(report.findings, key=lambda finding: finding.code):
        advice = by_rule.setdefault((finding.code, finding.rule), {})
        if finding.help:
            advice[finding.help] = None
    rows = []
    for (code, name), advice in by_rule.items():
        about = f": {_text(summaries[code])}" if code in summaries else ""
        rows.append(f"- **{code} {_text(name)}**{about}")
        rows += [f"  - {_text(each)}" for each in list(advice)[:_MOST_ADVICE]]
    yield _folded("What to do", rows)


def _models(report: Report) -> Iterator[str]:
    """Yield a folded table of the models that were linted."""
    if report.topologies:
        rows = ["| Model | Parameters | Inputs | Captured on |", "|---|---:|---|---|"]
        rows += [_model(name, topology) for name, topology in sorted(report.topologies.items())]
        yield _folded(f"{count(len(report.topologies), 'model')}, {count(len(report.rules_run), 'rule')}", rows)


def _model(name: str, topology: Topology) -> str:
    captured = topology.captured
    inputs = f"{_code(captured.input_spec)}{' (guessed)' if captured.inferred else ''}" if captured.input_spec else ""
    return f"| {_code(name)} | {topology.parameter_count:,} | {inputs} | {captured.rung} |"


def _folded(title: str, rows: Sequence[str]) -> str:
    return "\n".join(["<details>", f"<summary>{title}</summary>", "", *rows, "", "</details>"])


# -- text --------------------------------------------------------------------------------------


def _text(text: str) -> str:
    """Return a text in which nothing but what stands between backticks is marked up."""
    shown = clip(printable(text), _LONGEST_TEXT)
    parts = _QUOTED.split(shown.replace("``", "`"))
    return "".join(_code(part) if index % 2 else _escaped(part) for index, part in enumerate(parts))


def _code(text: str) -> str:
    """Return a text as code, in a table too: a name of plain letters between backticks, any other spelled out."""
    shown = clip(printable(text), _LONGEST_TEXT)
    return f"`{shown}`" if _PLAIN_CODE.fullmatch(shown) and shown.strip() else f"<code>{_escaped(shown)}</code>"


def _escaped(text: str) -> str:
    return _MARKS.sub(lambda match: f"&#{ord(match[0])};", text)
