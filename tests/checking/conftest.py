"""Rules that are made up stand in for ours."""

import pytest

from tests.checking.made_up import RULES
from visunn_lint.checking import selection
from visunn_lint.rules import Rule


@pytest.fixture
def made_up_rules(monkeypatch: pytest.MonkeyPatch) -> tuple[type[Rule], ...]:
    """Let the made-up rules be all that there are."""
    monkeypatch.setattr(selection, "discover", lambda: RULES)
    return RULES
