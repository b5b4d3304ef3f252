"""What a rule is: a frozen dataclass in a file of its own that yields findings about a captured model."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from inspect import cleandoc
from textwrap import dedent
from typing import ClassVar, Literal, TypeAlias

from visunn_lint.finding import Finding, Related, RuleInfo, Severity
from visunn_lint.location import Location
from visunn_lint.records import Module, Node
from visunn_lint.topology import CapturedModel

Fact: TypeAlias = Literal["eval", "train", "rebatched", "checkpoint", "locked", "shapes", "weights"]
"""A field of CapturedModel that a rule may need."""

Scope: TypeAlias = Literal["code", "model"]
"""What a rule judges: lines of code, which say nothing to those who did not write them, or the model as a whole."""

_PAGE = ("What it does", "Why is this bad?", "Example", "Use instead", "Options", "References")


@dataclass(frozen=True, slots=True)
class Example:
    """A model that a rule speaks up about, or rightly does not.

    ``source`` is one expression, or statements that define a class ``Net``; torch, nn and F are
    imported. ``inputs`` is spelled as for ``--input``. ``at`` are the modules that the findings
    name, in order; ``options`` those of the rule, by field. ``shapes`` is the contract that the model
    has to meet, ``loss`` the loss that is declared.
    """

    source: str
    inputs: str
    at: tuple[str, ...] = ()
    options: Mapping[str, object] = field(default_factory=dict)
    shapes: Mapping[str, str] = field(default_factory=dict)
    loss: str = ""

    def __str__(self) -> str:
        """Return the source without its indentation."""
        return dedent(self.source).strip()


@dataclass(frozen=True)
class Rule(ABC):
    """The base of all rules.

    The docstring of a rule is its documentation page: what it does, then sections headed ``##``
    (Why is this bad?, Use instead, Options, References). Its first ``bad`` example is shown on
    that page, and its first ``good`` one as what to write instead. The fields of the dataclass
    are the rule's options. ``needs`` are the facts without which it does not run. Findings of a
    rule whose ``scope`` is ``code`` are hidden where they lie wholly in installed packages. ``covers``
    are the codes of rules that would tell of the same cause at the same place, and tell less: they are silent there.
    Of one that ``says_each``, findings about one module at one line are matters of their own; else they are one.
    One that ``is_structural`` judges by modules, calls and shapes alone, which is all that a graph holds that
    another program logged: no arguments of ops, no hyperparameters, no dtypes.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    category: ClassVar[str]
    severity: ClassVar[Severity]
    since: ClassVar[str]
    needs: ClassVar[frozenset[Fact]] = frozenset()
    scope: ClassVar[Scope] = "code"
    preview: ClassVar[bool] = False
    covers: ClassVar[frozenset[str]] = frozenset()
    is_structural: ClassVar[bool] = False
    says_each: ClassVar[bool] = False
    bad: ClassVar[tuple[Example, ...]] = ()
    good: ClassVar[tuple[Example, ...]] = ()

    @abstractmethod
    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield what the rule finds; the same finding may be yielded once for each mode."""

    def missing_options(self) -> str:
        """Return which options must be set before there is anything to check, "" if none."""
        return ""

    def finding(
        self,
        where: Module | Node | str,
        message: str,
        *,
        location: Location | None = None,
        label: str = "",
        advice: str = "",
        related: tuple[Related, ...] = (),
        severity: Severity | None = None,
    ) -> Finding:
        """Return a finding of this rule about a module, a node, or the module at a path.

        Its location is where the module is built or the node's op is called, and its severity that of
        the rule, unless others are given.
        """
        path, node, place = _place(where)
        return Finding(
            self.code,
            self.name,
            severity or self.severity,
            message,
            module=path,
            node=node,
            location=location or place,
            label=label,
            help=advice,
            related=related,
        )

    @classmethod
    def info(cls) -> RuleInfo:
        """Return what a renderer has to know of the rule."""
        return _info(cls)

    @classmethod
    def page(cls) -> str:
        """Return the documentation page of the rule in Markdown, its examples included."""
        sections = _sections(cls)
        for title, examples in (("Example", cls.bad), ("Use instead", cls.good)):
            if examples:
                sections[title] = f"{sections.get(title, '')}\n\n{_shown(examples[0])}".strip()
        parts = [f"## {title}\n\n{sections[title]}" for title in _PAGE if title in sections]
        return "\n\n".join([f"# {cls.name} ({cls.code})", *parts]) + "\n"


@cache
def _info(rule: type[Rule]) -> RuleInfo:
    return RuleInfo(
        rule.code,
        rule.name,
        rule.severity,
        summary=_sections(rule)["What it does"].partition("\n")[0],
        help=rule.page(),
        category=rule.category,
        since=rule.since,
        preview=rule.preview,
    )


def _place(where: Module | Node | str) -> tuple[str, str, Location | None]:
    """Return module path, node name and location of what a finding is about."""
    if isinstance(where, Module):
        return where.path, "", where.source
    if isinstance(where, Node):
        return where.module, where.name, where.source
    return where, "", None


def _shown(example: Example) -> str:
    """Return an example in Markdown, with the options that it is checked with."""
    options = [f"`{name.replace('_', '-')} = {json.dumps(value)}`" for name, value in example.options.items()]
    options += [f"`shapes = {json.dumps(example.shapes)}`"] if example.shapes else []
    options += [f"`loss = {json.dumps(example.loss)}`"] if example.loss else []
    heading = f"With {', '.join(options)}:\n\n" if options else ""
    return f"{heading}```python\n{example}\n```"


def _sections(rule: type[Rule]) -> dict[str, str]:
    """Return the sections of a rule's docstring by title."""
    first, *others = f"\n{cleandoc(rule.__doc__ or '')}".split("\n## ")
    titled = (section.partition("\n") for section in others)
    return {"What it does": first.strip(), **{title.strip(): text.strip() for title, _, text in titled}}
