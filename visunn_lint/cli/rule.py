"""`visunn rule`: what a rule finds, why that is bad, and what to write instead."""

from __future__ import annotations

import json
from dataclasses import asdict
from difflib import get_close_matches
from typing import TYPE_CHECKING

import click

from visunn_lint.cli import _completing
from visunn_lint.cli._options import terminal_options
from visunn_lint.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from visunn_lint.cli._terminal import Terminal
    from visunn_lint.finding import RuleInfo


@click.command("rule")
@click.argument("names", nargs=-1, metavar="[CODE|PREFIX|NAME]...", shell_complete=_completing.rules)
@click.option("--all", "every", is_flag=True, help="Print the pages of all rules.")
@click.option(
    "--output-format",
    type=click.Choice(["full", "json"]),
    default="full",
    show_default=True,
    help="Print pages, or everything that is known of the rules.",
)
@terminal_options
@click.pass_obj
def command(terminal: Terminal, names: tuple[str, ...], *, every: bool, output_format: str) -> None:
    """Explain rules, or list them all when none is named; a prefix such as VIS3 lists those whose codes begin so."""
    from visunn_lint.render import _rule_page  # noqa: PLC0415 -- rich, which --help does without
    from visunn_lint.rules import discover  # noqa: PLC0415 -- loads plugins, which --help does without

    known = [rule.info() for rule in discover()]
    chosen = {rule.code: rule for name in names or [""] for rule in _begun(name, known) or [_find(name, known)]}
    rules = list(chosen.values())
    is_list = not names or any(_begun(name, known) for name in names)
    view = terminal.view(None)
    if output_format == "json":
        terminal.write(_as_json(rules))
    elif every or not is_list:
        terminal.write("\n".join(_rule_page.render_page(rule, view) for rule in rules))
    else:
        terminal.write(_rule_page.render_table(rules, view))


def _begun(name: str, rules: Sequence[RuleInfo]) -> list[RuleInfo]:
    """Return the rules whose codes begin with a name and go on; all rules have codes that begin with ""."""
    return [rule for rule in rules if rule.code.startswith(name.upper()) and rule.code != name.upper()]


def _find(name: str, rules: Sequence[RuleInfo]) -> RuleInfo:
    """Return a rule by code or name; raises ConfigError that names the closest."""
    by_name = {key: rule for rule in rules for key in (rule.code.lower(), rule.name)}
    found = by_name.get(name.lower())
    if found is None:
        close = get_close_matches(name.lower(), by_name, n=1)
        rule = by_name[close[0]] if close else None
        hint = f"did you mean {rule.code} ({rule.name})?" if rule else "`visunn rule` lists them all"
        message = f"no rule is called {name!r}"
        raise ConfigError(message, hint=hint)
    return found


def _as_json(rules: Sequence[RuleInfo]) -> str:
    documents = [{**asdict(rule), "severity": rule.severity.value} for rule in rules]
    return json.dumps({"version": 1, "rules": documents}, indent=2) + "\n"
