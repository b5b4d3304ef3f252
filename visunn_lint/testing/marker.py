"""What ``@pytest.mark.visunn`` says of the tests that it stands on."""

from __future__ import annotations

from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from visunn_lint.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

    from visunn_lint.records import Mode


@dataclass(frozen=True, slots=True)
class Marked:
    """The values of the marker: which rules ``visunn.check`` runs, and the mode to capture in."""

    select: Sequence[str] | str = ()
    ignore: Sequence[str] | str = ()
    mode: Mode = "eval"


def marked(item: pytest.Item | None) -> Marked:
    """Return what the markers of a test, its class and its module say, the closest first.

    Raises ConfigError for an argument that the marker does not take.
    """
    given: dict[str, Any] = {}
    for mark in item.iter_markers("visunn") if item is not None else ():
        if mark.args:
            message = "the marker visunn takes named arguments alone"
            raise ConfigError(message, hint='write @pytest.mark.visunn(select="VIS1", mode="train")')
        given = {**mark.kwargs, **given}
    names = [each.name for each in fields(Marked)]
    for name in given:
        if name not in names:
            close = get_close_matches(name, names, n=1)
            message = f"the marker visunn takes no `{name}`"
            raise ConfigError(message, hint=f"did you mean `{close[0]}`?" if close else f"it takes {', '.join(names)}")
    return Marked(**given)
