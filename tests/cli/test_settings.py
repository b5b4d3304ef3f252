"""`visunn check --show-settings` and `visunn schema`: what holds, and what may be said."""

import json
import tomllib
from pathlib import Path

import pytest

from visunn_lint.cli import run

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = 'ignore = ["VIS110"]\n[per-module-ignores]\n"a.b c" = ["VIS101"]\n[models.net]\ntarget = "gone.py"\n'
    (tmp_path / "visunn.toml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)


def test_settings_are_shown_with_their_origin(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    """One a line, and nothing is checked: the model's file need not exist."""
    monkeypatch.setenv("VISUNN_FAIL_ON", "error")
    assert run(["check", "--show-settings", "--extend-ignore", "VIS301"]) == 0
    out, err = capsys.readouterr()
    shown = {" ".join(line.split()) for line in out.splitlines()}
    assert err == ""
    assert {
        'ignore = ["VIS110"] # visunn.toml:1',
        'extend-ignore = ["VIS301"] # command line',
        'fail-on = "error" # VISUNN_FAIL_ON',
        "preview = false # default",
        "# rules.over-budget.params = # not set",
        'per-module-ignores."a.b c" = ["VIS101"] # visunn.toml:3',
        'models.net.target = "gone.py" # visunn.toml:5',
    } <= shown


def test_what_is_shown_is_a_configuration(capsys: Capture, tmp_path: Path) -> None:
    """Saved as a visunn.toml, it says the same; a folder that a file names is shown as seen from anywhere."""
    run(["check", "--show-settings"])
    text = capsys.readouterr().out
    tomllib.loads(text)
    (tmp_path / "visunn.toml").write_text(text, encoding="utf-8")
    assert run(["check", "--show-settings"]) == 0
    again = tomllib.loads(capsys.readouterr().out)
    assert again == {**tomllib.loads(text), "cache-dir": str(tmp_path / ".visunn_cache")}


@pytest.mark.parametrize(
    ("variable", "value", "shown"),
    [
        ("VISUNN_ENGINE", "torchscript", "# --engine torchscript: VISUNN_ENGINE"),
        ("VISUNN_TIMEOUT", "2.5", "# --timeout 2.5: VISUNN_TIMEOUT"),
        ("VISUNN_OUTPUT_FORMAT", "json=a.json", "# --output-format json=a.json: VISUNN_OUTPUT_FORMAT"),
        ("VISUNN_EXIT_ZERO", "1", "# --exit-zero yes: VISUNN_EXIT_ZERO"),
        ("VISUNN_COLOR", "always", "# --color always: VISUNN_COLOR"),
        ("VISUNN_ALLOW_NETWORK", "1", "# --allow-network yes: VISUNN_ALLOW_NETWORK"),
        ("VISUNN_JOBS", "3", "# --jobs 3: VISUNN_JOBS"),
        ("VISUNN_EXECUTOR", "dask=a:1", "# --executor dask=a:1: VISUNN_EXECUTOR"),
        ("VISUNN_SHARD", "2/3", "# --shard 2/3: VISUNN_SHARD"),
        ("VISUNN_MAXFAIL", "3", "# --maxfail 3: VISUNN_MAXFAIL"),
        ("VISUNN_CONFIG", "rules.over-budget.params = 3", "rules.over-budget.params = 3"),
        ("VISUNN_ISOLATED", "1", "ignore = []"),
    ],
)
def test_every_option_has_a_variable(
    variable: str, value: str, shown: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Options that no file sets are shown as well, with where they were given."""
    monkeypatch.setenv(variable, value)
    assert run(["check", "--show-settings"]) == 0
    assert any(line.startswith(shown) for line in capsys.readouterr().out.splitlines())


def test_options_are_shown_as_they_are_written(capsys: Capture) -> None:
    """And what has no value as not set."""
    assert run(["check", "--show-settings", "--shard", "1/4"]) == 0
    assert {
        "# --shard 1/4: command line",
        "# --executor not set: default",
        "# --input not set: default",
    } <= set(capsys.readouterr().out.splitlines())


def test_a_bad_option_of_a_rule_is_told_with_its_line(capsys: Capture, tmp_path: Path) -> None:
    """As every other mistake in a configuration."""
    (tmp_path / "visunn.toml").write_text("[rules.over-budget]\nparms = 3\n", encoding="utf-8")
    assert run(["check"]) == 2
    assert capsys.readouterr().err == (
        "error: visunn.toml:2: unknown key `rules.over-budget.parms`\n  hint: did you mean `params`?\n"
    )


def test_the_schema_is_printed(capsys: Capture) -> None:
    """As JSON, with the options of rules."""
    assert run(["schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema["$defs"]["rules"]["properties"]["over-budget"]["properties"]["params"] == {"type": "integer"}
