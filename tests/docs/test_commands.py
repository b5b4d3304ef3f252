"""Every command line of visunn that the documentation gives is one that the command line accepts."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from visunn_lint.cli import visunn
from visunn_lint.cli._terminal import Terminal

ROOT = Path(__file__).parent.parent.parent
PLACES = ("README.md", "CHANGELOG.md", "docs/ci.md", "docs/rules/README.md", "action.yml", ".pre-commit-hooks.yaml")
_COMING = {"serve"}
"""Commands that the README announces."""

_COMMAND = re.compile(
    r"""(?:^\$[ ]|^-?[ ]*(?:-[ ]|run:[ ]|entry:[ ]|-[ ]run:[ ])?|'|`)visunn[ ](?P<line>[a-z-][^`\n]*)""", re.MULTILINE
)


def _commands(text: str) -> list[str]:
    """Return what stands behind `visunn` in shells, in the steps of pipelines and between backticks."""
    lines = (match["line"] for match in _COMMAND.finditer(text))
    return [re.sub(r" \|\| .*$|'$", "", line).replace('"${targets[@]}" "${args[@]}" ', "") for line in lines]


def _given() -> list[str]:
    texts = [(ROOT / place).read_text("utf-8") for place in PLACES]
    return sorted({command for text in texts for command in _commands(text)})


def test_commands_are_found_where_they_stand() -> None:
    """A command is found at a prompt, in YAML, in a Jenkinsfile, in a script and in a sentence."""
    text = """
$ visunn check a.py
    - visunn check b
      - run: visunn check c
  entry: visunn check d
    sh 'visunn check e'
        visunn check "${targets[@]}" "${args[@]}" -q || code=$?
so `visunn tree f` is; visunn finds more
"""
    assert _commands(text) == ["check a.py", "check b", "check c", "check d", "check e", "check -q", "tree f"]


@pytest.mark.parametrize("line", _given())
def test_a_command_is_accepted(line: str) -> None:
    """The command exists, and so does each of its options, with a value that it can have."""
    name, *arguments = shlex.split(line.replace("$STDOUT", "full"))
    if name in _COMING:
        return
    with click.Context(visunn, info_name="visunn", obj=Terminal()) as context:
        if name.startswith("-"):
            visunn.parse_args(context, [name, *arguments])
            return
        command = visunn.get_command(context, name)
        assert command is not None, f"there is no command {name}"
        if arguments:  # else it is named and not shown
            command.make_context(name, arguments, parent=context)
