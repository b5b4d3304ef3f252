"""One cause, one finding."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.checking.made_up import EveryModule
from visunn_lint.checking.folding import fold
from visunn_lint.finding import Finding, Related, Severity
from visunn_lint.location import Location

if TYPE_CHECKING:
    from visunn_lint.rules import Rule


def _finding(module: str, line: int = 1, code: str = "VIS190", **more: object) -> Finding:
    place = Location("net.py", line) if line else None
    return Finding(code, "rule", Severity.INFO, f"`{module}` is bad", module=module, location=place, **more)  # type: ignore[arg-type]


def test_what_two_modes_say_is_said_once() -> None:
    """The same finding is one."""
    assert fold([_finding("a"), _finding("a")], {}) == [_finding("a")]


def test_one_line_is_one_finding() -> None:
    """The first module speaks for all that the line built."""
    (found,) = fold([_finding(name) for name in ("a", "b", "c", "d", "e")], {})
    assert (found.module, found.message) == ("a", "`a` is bad (and 4 more from this line: `b`, `c`, `d`, …)")


def test_other_lines_other_rules_and_other_places_stand_alone() -> None:
    """So do two findings about one module, and findings without a line."""
    findings = [
        _finding("a"),
        _finding("b", line=2),
        _finding("c", code="VIS191"),
        _finding("d", related=(Related("there", Location("net.py", 7)),)),
        _finding("e", model="other"),
        _finding("f", line=0),
        _finding("g", line=0),
    ]
    assert fold(findings, {}) == findings


class Telling(EveryModule):
    """Tells more than another rule."""

    covers = frozenset({"VIS191"})


def test_the_rule_that_tells_more_speaks_alone() -> None:
    """At its place in its model; elsewhere, and where it did not run, the other one is heard."""
    rules: dict[str, type[Rule]] = {"VIS190": Telling}
    more, less = _finding("a"), _finding("a", code="VIS191")
    elsewhere = [_finding("a", line=2, code="VIS191"), _finding("a", code="VIS191", model="other")]
    assert fold([less, more, *elsewhere], rules) == [more, *elsewhere]
    assert fold([less, *elsewhere], rules) == [less, *elsewhere]


class Budgets(EveryModule):
    """Has several things to say of one module."""

    says_each = True


def test_matters_of_their_own_are_each_told() -> None:
    """What one line says of several modules is still said once for each matter."""
    rules: dict[str, type[Rule]] = {"VIS190": Budgets}
    too_many, too_large = (replace(_finding("a"), message=f"`a` has {what}") for what in ("many", "much"))
    other = replace(_finding("b"), message="`b` has many")
    folded = replace(too_many, message="`a` has many (and 1 more from this line: `b`)")
    assert fold([too_many, too_large, other, too_many], rules) == [folded, too_large]
    assert fold([too_many, too_large], {}) == [too_many]
