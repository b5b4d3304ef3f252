"""What every test starts from."""

import os

import pytest


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the settings of whoever runs the tests out of them: colours and visunn's own variables."""
    for name in os.environ:
        if name in {"FORCE_COLOR", "NO_COLOR"} or name.startswith("VISUNN_"):
            monkeypatch.delenv(name)
