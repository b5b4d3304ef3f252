"""What docs/ci.md shows, the action and the hook are accepted by those who read such files, and work."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from check_jsonschema.builtin_schemas import get_builtin_schema
from jsonschema.validators import validator_for
from pre_commit.clientlib import load_config, load_manifest
from ruamel.yaml import YAML

from tests.projects import NET, write
from visunn_lint.config import load_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parent.parent.parent
_PAGE = (ROOT / "docs" / "ci.md").read_text("utf-8")
FILES = dict(re.findall(r"^`([^`\n]+)`\n\n```\w+\n(.*?)^```$", _PAGE, re.DOTALL | re.MULTILINE))
"""The files that the page shows, by the names above them."""

_YAML = YAML(typ="safe")  # of version 1.2, in which `on` is a key and not the truth

_SCHEMAS = {
    ".github/workflows/visunn.yml": "vendor.github-workflows",
    ".github/workflows/visunn-by-hand.yml": "vendor.github-workflows",
    ".gitlab-ci.yml": "vendor.gitlab-ci",
}
_HOOKS = (".pre-commit-config.yaml", ".pre-commit-config.yaml of one's own")


def _problems(schema: str, document: Any) -> list[str]:  # noqa: ANN401 -- as it was read
    """Return what a published schema finds wrong."""
    published = get_builtin_schema(schema)
    return [error.message for error in validator_for(published)(published).iter_errors(document)]


def test_every_file_of_the_page_is_looked_at() -> None:
    """The page shows these files and no others."""
    assert set(FILES) == {*_SCHEMAS, *_HOOKS, "Jenkinsfile"}


@pytest.mark.parametrize(("file", "schema"), _SCHEMAS.items())
def test_a_pipeline_is_valid(file: str, schema: str) -> None:
    """GitHub's and GitLab's own schemas accept the pipelines."""
    assert _problems(schema, _YAML.load(FILES[file])) == []


@pytest.mark.parametrize("file", _HOOKS)
def test_a_hook_is_valid(file: str, tmp_path: Path) -> None:
    """pre-commit reads the configurations."""
    (tmp_path / "config.yaml").write_text(FILES[file], encoding="utf-8")
    hooks = [hook["id"] for repo in load_config(str(tmp_path / "config.yaml"))["repos"] for hook in repo["hooks"]]
    assert hooks == ["visunn"]


def test_the_manifest_of_hooks_is_valid() -> None:
    """pre-commit reads the hook, which runs in the environment of the models and gets no file names."""
    manifest = ROOT / ".pre-commit-hooks.yaml"
    (hook,) = _YAML.load(manifest.read_text("utf-8"))
    assert [each["id"] for each in load_manifest(str(manifest))] == ["visunn"]
    assert {key: hook[key] for key in ("id", "entry", "language", "pass_filenames")} == {
        "id": "visunn",
        "entry": "visunn check",
        "language": "system",
        "pass_filenames": False,
    }


def test_the_jenkinsfile_is_balanced() -> None:
    """Braces and quotes of the Jenkinsfile are closed in the order in which they are opened."""
    open_braces: list[str] = []
    for sign in re.sub(r"'[^'\n]*'", "''", FILES["Jenkinsfile"]):
        if sign in "{(":
            open_braces.append(sign)
        elif sign in "})":
            assert open_braces.pop() + sign in {"{}", "()"}
    assert open_braces == []
    assert all(line.count("'") % 2 == 0 for line in FILES["Jenkinsfile"].splitlines())


def test_the_configuration_of_the_page_is_accepted(tmp_path: Path) -> None:
    """Every key that the page shows is known."""
    (text,) = re.findall(r"^```toml\n(.*?)^```$", _PAGE, re.DOTALL | re.MULTILINE)
    table = tomllib.loads(text)["tool"]["visunn"]
    assert set(load_settings(tmp_path, flags=table, isolated=True).models) == {"classifier", "encoder"}


# -- the action --------------------------------------------------------------------------------


def _action() -> dict[str, dict[str, object]]:
    """Return the steps of the action by their names."""
    action = _YAML.load((ROOT / "action.yml").read_text("utf-8"))
    return {step["name"]: step for step in action["runs"]["steps"]}


def _lint(folder: Path, variables: Mapping[str, str]) -> tuple[int, str]:
    """Run the lint step of the action as a runner does; return its exit code and what it printed."""
    tools = folder / "tools"
    code = "import sys; from visunn_lint.cli import main; main()"
    write(tools, {"visunn": f"#!/bin/sh\nexec '{sys.executable}' -c '{code}' \"$@\"\n"})
    (tools / "visunn").chmod(0o755)
    given = {
        **os.environ,
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "REPORTS": str(folder / "reports"),
        "GITHUB_OUTPUT": str(folder / "output"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        **variables,
    }
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", str(_action()["Lint"]["run"])]
    done = subprocess.run(command, cwd=folder, env=given, capture_output=True, text=True, timeout=120, check=False)  # noqa: S603 -- our own step
    return done.returncode, done.stdout


def test_the_action_is_valid() -> None:
    """GitHub's own schema accepts the action."""
    assert _problems("vendor.github-actions", _YAML.load((ROOT / "action.yml").read_text("utf-8"))) == []


def test_inputs_of_the_action_reach_no_shell_as_text() -> None:
    """What users give comes by the environment: in the text of a script it would be run."""
    assert [name for name, step in _action().items() if "${{" in str(step.get("run", ""))] == []


def test_the_action_lints(tmp_path: Path) -> None:
    """The step prints annotations, hands on the SARIF report and the exit code, and writes the summary."""
    write(tmp_path, {"visunn.toml": "", "net.py": NET})
    variables = {"TARGETS": "net.py\nmissing.py", "ARGS": "--input 2x4", "STDOUT": "github"}
    code, printed = _lint(tmp_path, variables)
    assert code == 2
    assert printed.startswith("::error title=could not lint missing.py::no such file")
    assert (tmp_path / "output").read_text("utf-8") == f"exit-code=2\nsarif={tmp_path}/reports/visunn.sarif\n"
    assert (tmp_path / "summary").read_text("utf-8").startswith("## visunn\n\n**No findings in 1 model; 1 target")


def test_the_action_hands_on_no_report_where_there_is_none(tmp_path: Path) -> None:
    """A wrong option is exit 2 with neither report nor summary, also where an older report lies."""
    write(tmp_path, {"visunn.toml": "", "reports/visunn.sarif": "older"})
    assert _lint(tmp_path, {"TARGETS": "", "ARGS": "--nonsense", "STDOUT": "full"}) == (2, "")
    assert (tmp_path / "output").read_text("utf-8") == "exit-code=2\n"
    assert not (tmp_path / "summary").exists()
