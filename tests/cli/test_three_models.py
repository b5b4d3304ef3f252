"""`visunn check` on a project with three configured models, one broken: what each format shows."""

from pathlib import Path

import pytest

from tests.cli.three_models import FOLDER, shown
from visunn_lint.render import report_formats


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return what is shown of the project, by format."""
    return shown(tmp_path_factory.mktemp("three_models"))


@pytest.mark.parametrize("name", ["stdout", "stderr", *report_formats()])
def test_what_is_shown_of_the_project(name: str, project: dict[str, str]) -> None:
    """The broken model hides nothing of the others, and no format is silent about it."""
    assert project[name] == Path(FOLDER / f"{name}.txt").read_text("utf-8")
    assert name == "stdout" or "decoder" in project[name]
