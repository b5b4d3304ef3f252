"""VIS501 where the code says that it is meant."""

from pathlib import Path

import pytest

from tests.rules.building import capture_source
from visunn_lint.finding import Severity
from visunn_lint.rules.always_on_dropout import AlwaysOnDropout

_NET = """
class Net(nn.Module):
    def forward(self, x):
        return F.dropout(x, {arguments})
"""


@pytest.mark.parametrize(
    ("arguments", "severity"),
    [("0.5", Severity.ERROR), ("0.5, True", Severity.ERROR), ("0.5, training=True", Severity.INFO)],
)
def test_what_is_spelt_out_may_be_meant(arguments: str, severity: Severity, tmp_path: Path) -> None:
    """By its name, that is: a bare True may stand for anything."""
    (found,) = AlwaysOnDropout().check(capture_source(_NET.format(arguments=arguments), "2x4", tmp_path))
    assert found.severity is severity
