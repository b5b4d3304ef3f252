"""Recall and precision on small models: a bug is found where it is, and nothing is found in what is right."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from visunn_lint.checking import needed_facts, run_rules
from visunn_lint.config import load_settings
from visunn_lint.finding import Finding, Severity
from visunn_lint.loading import load

if TYPE_CHECKING:
    from collections.abc import Iterator

_FOLDER = Path(__file__).parent / "models" / "recall"
_MARK = re.compile(r"# <- (Bug\d*)(?: in (\S+))?$")


@dataclass(frozen=True)
class _Case:
    """One class of a file, which is about the rule of a code, or about none."""

    file: Path
    cls: str
    code: str

    @property
    def inputs(self) -> str:
        """What its forward is run with."""
        names = self._constants()
        number = re.sub(r"\D", "", self.cls)
        return str(names.get(f"INPUTS{number}") or names["INPUTS"])

    @property
    def config(self) -> dict[str, object]:
        """What the project says of it."""
        return dict(self._constants().get("CONFIG", {}))

    @property
    def also(self) -> set[str]:
        """Codes of other rules that see the same bug."""
        return set(self._constants().get("ALSO", ()))

    @property
    def places(self) -> set[tuple[int, str]]:
        """The line and the module of each finding that the file says there is to be."""
        lines = enumerate(self.file.read_text(encoding="utf-8").splitlines(), start=1)
        marks = ((number, _MARK.search(line)) for number, line in lines)
        return {(number, mark[2] or "") for number, mark in marks if mark and mark[1] == self.cls}

    def _constants(self) -> dict[str, Any]:
        body = ast.parse(self.file.read_text(encoding="utf-8")).body
        assigned = [(node.targets[0], node.value) for node in body if isinstance(node, ast.Assign)]
        return {
            target.id: ast.literal_eval(value)
            for target, value in assigned
            if isinstance(target, ast.Name) and target.id.isupper() and _is_literal(value)
        }

    def __str__(self) -> str:
        """Return the id of its test."""
        return f"{self.file.stem}-{self.cls}"


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except ValueError:
        return False
    return True


def _cases(files: str, classes: str) -> list[_Case]:
    return list(_found(files, classes))


def _found(files: str, classes: str) -> Iterator[_Case]:
    for file in sorted(_FOLDER.glob(files)):
        number = re.match(r"vis(\d{3})_", file.stem)
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and re.fullmatch(rf"{classes}\d*", node.name):
                yield _Case(file, node.name, f"VIS{number[1]}" if number else "")


def _findings(case: _Case) -> list[Finding]:
    """Return what all rules, those in preview too, find in a model that is loaded as from the command line."""
    settings = load_settings(_FOLDER, isolated=True, environ={}, flags={"preview": True, **case.config})
    loaded = load(
        f"{case.file}::{case.cls}",
        inputs=[case.inputs] if case.inputs else [],
        root=settings.root,
        models=settings.models,
        facts=needed_facts(settings),
    )
    assert loaded.broken == ()
    return list(run_rules(loaded.models, settings).findings)


def _told(findings: list[Finding]) -> list[str]:
    return [f"{each.code} {each.location and each.location.line} `{each.module}`: {each.message}" for each in findings]


def _loud(findings: list[Finding]) -> list[Finding]:
    return [each for each in findings if each.severity is not Severity.INFO]


@pytest.mark.parametrize("case", _cases("vis*.py", "Bug"), ids=str)
def test_a_bug_is_found_where_it_is(case: _Case) -> None:
    """The rule speaks at the marked lines, of the marked modules, and other rules are silent."""
    findings = _findings(case)
    own = [each for each in findings if each.code == case.code]
    assert {(each.location.line if each.location else 0, each.module) for each in own} == case.places, _told(findings)
    assert _told([each for each in _loud(findings) if each.code not in {case.code, *case.also}]) == []


@pytest.mark.parametrize("case", _cases("vis*.py", "Fixed"), ids=str)
def test_a_mended_model_is_silent(case: _Case) -> None:
    """Neither is there anything of the rule, nor a warning or an error of another."""
    findings = _findings(case)
    assert _told([each for each in findings if each.code == case.code or each in _loud(findings)]) == []


@pytest.mark.parametrize("case", _cases("right_*.py", "Right"), ids=str)
def test_a_right_model_is_silent(case: _Case) -> None:
    """What looks like a bug and is none gives no warning and no error."""
    assert _told(_loud(_findings(case))) == []


@pytest.mark.parametrize("case", _cases("vis*.py", "Bug"), ids=str)
def test_a_bug_is_marked_and_mended(case: _Case) -> None:
    """Each bug says at which lines it is found, and has a mended twin."""
    assert case.places
    assert f"class {case.cls.replace('Bug', 'Fixed')}(" in case.file.read_text(encoding="utf-8")
