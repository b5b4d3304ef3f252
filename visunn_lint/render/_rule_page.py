"""The documentation of rules: a page each, or a table of them all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.text import Text

from visunn_lint.render._style import KNOWN, SEVERITY_STYLES, STRONG, to_string, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from visunn_lint.finding import RuleInfo
    from visunn_lint.render._view import View

_CODE = "cyan"
_WIDEST_PROSE = 100
_QUOTED = re.compile(r"(`+)(.+?)\1")
_BLOCK = re.compile(r"^```[\s\S]*?^```$|^#+ .*$|^\S.*(?:\n(?!- |#|```).+)*|^$", re.MULTILINE)
"""Code between fences, a heading, an item of a list, a paragraph, or the empty line between two of them."""


def render_page(rule: RuleInfo, view: View) -> str:
    """Return the page of a rule: Markdown where it is only text, set in colour where there is colour."""
    if not view.color:
        return f"{rule.help.rstrip()}\n"
    return to_string([*_head(rule), *_body(rule.help, view)], view)


def render_table(rules: Sequence[RuleInfo], view: View) -> str:
    """Return a row for each rule: code, name, severity, what it finds."""
    names = max((len(rule.name) for rule in rules), default=0)
    severities = max((len(rule.severity.value) for rule in rules), default=0)
    return to_string([row for rule in rules for row in _rows(rule, names, severities, view)], view)


def _rows(rule: RuleInfo, names: int, severities: int, view: View) -> Iterator[Text]:
    lead = f"{rule.code}  {rule.name:<{names}}  "
    severity = f"{rule.severity.value:<{severities}}  "
    indent = len(lead) + len(severity)
    summary = view.text(f"{rule.summary} (preview)" if rule.preview else rule.summary).replace("``", "`")
    first, *rest = wrap(Text(summary), view.width and view.width - indent)
    yield Text.assemble(lead, (severity, SEVERITY_STYLES[rule.severity]), first)
    yield from (Text.assemble(" " * indent, row) for row in rest)


def _head(rule: RuleInfo) -> Iterator[Text]:
    facts = (rule.category, f"since {rule.since}" if rule.since else "", "preview" if rule.preview else "")
    yield Text.assemble(
        (f"{rule.code} {rule.name} ", STRONG),
        (f"[{rule.severity.value}]", SEVERITY_STYLES[rule.severity]),
        (f"  {', '.join(filter(None, facts))}", KNOWN),
    )


def _body(markdown: str, view: View) -> Iterator[Text]:
    """Yield the rows of a page below its title: headings and code in their styles, prose in the width there is."""
    width = min(view.width or _WIDEST_PROSE, _WIDEST_PROSE)
    for block in _BLOCK.findall(markdown.rstrip()):
        if block.startswith("```"):
            yield from (Text(f"    {view.text(line)}".rstrip(), _CODE) for line in block.splitlines()[1:-1])
        elif block.startswith("## "):
            yield Text(view.text(block.removeprefix("## ")), STRONG)
        elif block.startswith("- "):
            yield from _item(_prose(view.text(block.removeprefix("- ").replace("\n  ", " "))), width)
        elif not block.startswith("# "):
            yield from wrap(_prose(view.text(block.replace("\n", " "))), width)


def _item(text: Text, width: int) -> Iterator[Text]:
    """Yield the rows of an item of a list, the later ones below the first word of it."""
    first, *rest = wrap(text, width - len("- "))
    yield Text.assemble("- ", first)
    yield from (Text.assemble("  ", row) for row in rest)


def _prose(line: str) -> Text:
    """Return a line of Markdown with what it quotes as code in the style of code."""
    text, end = Text(), 0
    for match in _QUOTED.finditer(line):
        text.append(line[end : match.start()])
        text.append(match[2], _CODE)
        end = match.end()
    return text.append(line[end:])
