"""Where the contract of VIS214 shape-contract comes from, and how a finding reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from torch import Tensor, nn

import visunn_lint
from visunn_lint import cli, render
from visunn_lint.render import full

if TYPE_CHECKING:
    from pathlib import Path

    from visunn_lint import Finding


@visunn_lint.model(shapes={"fc": "b 8 -> b 10"})
class Marked(nn.Module):
    """A model whose class says which shapes it is to have."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.fc = nn.Linear(8, 5)

    def forward(self, x: Tensor) -> Tensor:
        """Return logits."""
        y: Tensor = self.fc(self.conv(x).mean((2, 3)))
        return y


def _found(config: dict[str, object] | None = None) -> list[Finding]:
    return list(visunn_lint.check(Marked(), inputs="2x3x8x8", select="VIS214", config=config).findings)


def test_a_mark_is_a_contract() -> None:
    """``@visunn_lint.model(shapes=…)`` holds the class to a contract, in memory."""
    assert [finding.message for finding in _found()] == ["fc: expected output `b 10`, got 2×5"]


def test_the_configuration_goes_over_the_mark() -> None:
    """What the configuration says of a path holds in place of what the mark says, the rest of the mark stays."""
    assert _found({"models": {"Marked": {"shapes": {"fc": "b 8 -> b 5"}}}}) == []
    findings = _found({"models": {"Marked": {"shapes": {"conv": "b 3 h w -> b 8 h w"}}}})
    assert [finding.module for finding in findings] == ["conv", "fc"]


def test_a_finding_shows_where_names_were_bound() -> None:
    """The places that a name was read at are related, each with what it stands for."""
    (finding,) = _found({"models": {"Marked": {"shapes": {"fc": "b c -> b c"}}}})
    assert (finding.message, finding.label) == ("fc: expected output `b c`, got 2×5", "c is 5 here")
    assert [(each.module, each.message) for each in finding.related] == [
        ("fc", "b = 2 from fc input 2×8"),
        ("fc", "c = 8 from fc input 2×8"),
    ]
    assert "c = 8 from fc input" in full.render(visunn_lint.finding.Report((finding,)), render.View())


def test_a_model_without_a_contract_is_not_checked() -> None:
    """The rule says what it lacks."""
    report = visunn_lint.check(nn.Linear(4, 4), inputs="2x4", select="VIS214")
    assert [skipped.reason for skipped in report.rules_skipped] == ["Linear has no contract of shapes"]


def test_a_contract_that_leaves_a_name_open_is_a_finding() -> None:
    """An expression that nothing can be compared with is told, the rule does not crash."""
    (finding,) = _found({"models": {"Marked": {"shapes": {"fc": "b n//2 -> b 5"}}}})
    assert finding.message == (
        "the contract `b n//2 -> b 5` cannot be used: "
        "nothing tells what `n` is: let it stand alone somewhere, or write `_`"
    )


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("b 8 ->> b 5", "unexpected `>`, at character 7 of 'b 8 ->> b 5'"),
        ("", "the expression is empty, at character 1 of ''"),
    ],
)
def test_a_malformed_expression_is_refused_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], expression: str, problem: str
) -> None:
    """The configuration is read before any model runs; the message points at key and character."""
    file = tmp_path / "visunn.toml"
    file.write_text(f'[models.net.shapes]\nfc = "{expression}"\n', encoding="utf-8")
    assert cli.run(["check", "--config", str(file)]) == 2
    assert capsys.readouterr().err == f"error: {file}:2: `models.net.shapes.fc`: {problem}\n"
