"""What of the documentation comes from the code is what the code says today."""

from pathlib import Path

import pytest

from docs.generate import ROOT, RULES, generated
from visunn_lint.rules import discover


@pytest.mark.parametrize("path", generated(), ids=str)
def test_a_generated_file_is_up_to_date(path: Path) -> None:
    """Each page, the index and the schema are as `python docs/generate.py` writes them."""
    assert (ROOT / path).read_text(encoding="utf-8") == generated()[path]


def test_there_are_no_pages_of_rules_that_are_gone() -> None:
    """The folder holds a page for each rule, the index, and nothing else."""
    names = {rule.name for rule in discover() if rule.__module__.startswith("visunn_lint.")}
    assert {page.name for page in (ROOT / RULES).iterdir()} == {"README.md", *(f"{name}.md" for name in names)}
