"""Write what comes from the code: run `python docs/generate.py` after a change to a rule or to a document's types.

That is a page for each rule and their index in `docs/rules/`, and in `schema/` the JSON Schemas of the
report and of the viewer's document. A test compares these files with the code.
"""

from __future__ import annotations

import json
from inspect import cleandoc
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from visunn_lint.document.encoding import schema as document_schema
from visunn_lint.render.json import schema as report_schema
from visunn_lint.rules import discover

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from visunn_lint.finding import RuleInfo

ROOT = Path(__file__).resolve().parent.parent
RULES = Path("docs/rules")

_INDEX = """\
# Rules

Each rule has a page here, which `visunn rule CODE` prints as well. A rule in preview runs with `--preview` alone. The
pages are written by `python docs/generate.py` from the docstrings of the rules.
"""


def generated() -> dict[Path, str]:
    """Return the text of every generated file, by its path from the root of the project."""
    rules = [rule.info() for rule in discover() if rule.__module__.startswith("visunn_lint.")]
    pages = {RULES / f"{rule.name}.md": _page(rule) for rule in rules}
    schemas = {"report-v1": report_schema(), "graph-v1": document_schema()}
    written = {
        Path(f"schema/{name}.json"): json.dumps(_with_clean_texts(schema), indent=2, ensure_ascii=False) + "\n"
        for name, schema in schemas.items()
    }
    return {**pages, RULES / "README.md": _index(rules), **written}


def main() -> None:
    """Write the generated files, and remove the pages of rules that are gone."""
    files = generated()
    for page in sorted((ROOT / RULES).glob("*.md")):
        if page.relative_to(ROOT) not in files:
            page.unlink()
    for path, text in files.items():
        (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / path).write_text(text, encoding="utf-8")


def _with_clean_texts(schema: object) -> object:
    """Return a schema whose descriptions are not indented: releases of msgspec differ in that."""
    if isinstance(schema, dict):
        return {
            name: cleandoc(value) if name == "description" and isinstance(value, str) else _with_clean_texts(value)
            for name, value in schema.items()
        }
    return list(map(_with_clean_texts, schema)) if isinstance(schema, list) else schema


def _page(rule: RuleInfo) -> str:
    title, _, body = rule.help.partition("\n")
    facts = (rule.severity.value, rule.category, _stability(rule), f"since {rule.since}")
    return f"{title}\n\n{' · '.join(facts)}\n{body}"


def _index(rules: Sequence[RuleInfo]) -> str:
    return "\n".join([_INDEX, *_tables(rules)])


def _tables(rules: Sequence[RuleInfo]) -> Iterator[str]:
    """Yield the lines of a heading and a table for each category, in the order of the codes."""
    for category, members in groupby(rules, key=lambda rule: rule.category):
        yield f"## {category.capitalize()}\n"
        yield "| Code | Rule | Severity | Stability | What it finds |"
        yield "|---|---|---|---|---|"
        for rule in members:
            summary = rule.summary.replace("``", "`").replace("|", "\\|")
            link = f"[{rule.name}]({rule.name}.md)"
            yield f"| {rule.code} | {link} | {rule.severity.value} | {_stability(rule)} | {summary} |"
        yield ""


def _stability(rule: RuleInfo) -> str:
    return "preview" if rule.preview else "stable"


if __name__ == "__main__":
    main()
