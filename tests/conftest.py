"""What every test starts from."""

import os

import pytest


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the settings of whoever runs the tests out of them: colours and visunn's own variables.

    What a test checks is run: only those of the cache switch it on again.
    """
    for name in os.environ:
        if name in {"FORCE_COLOR", "NO_COLOR"} or name.startswith("VISUNN_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("VISUNN_CACHE", "0")
