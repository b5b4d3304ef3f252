"""What of the documentation comes from the code is what the code says today."""

from pathlib import Path

import pytest

from docs.generate import ROOT, RULES, generated
from visunn_lint.rules import discover

_FILES = generated()


@pytest.mark.parametrize("path", _FILES, ids=str)
def test_a_generated_file_is_up_to_date(path: Path) -> None:
    """Each page, the index and the schema are as `python docs/generate.py` writes them."""
    file = ROOT / path
    there = file.read_text(encoding="utf-8") if file.exists() else ""
    assert there == _FILES[path], "run `python docs/generate.py`"


def test_there_are_no_pages_of_rules_that_are_gone() -> None:
    """The folder holds a page for each rule, the index, and nothing else."""
    names = {rule.name for rule in discover() if rule.__module__.startswith("visunn_lint.")}
    assert {page.name for page in (ROOT / RULES).glob("*.md")} == {"README.md", *(f"{name}.md" for name in names)}
