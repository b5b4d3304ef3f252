"""The baseline: a file of findings that are known and do not count, by fingerprint and without line numbers."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from visunn_lint.errors import ConfigError
from visunn_lint.suppress.files import replace_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from visunn_lint.finding import Finding


class Entry(msgspec.Struct, frozen=True, order=True):
    """A known finding, in words for whoever reads the file; ``model`` is seen from the project's root."""

    model: str
    code: str
    rule: str
    module: str
    message: str


class _Document(msgspec.Struct, frozen=True):
    version: int
    findings: dict[str, Entry]


def fingerprint(finding: Finding, root: Path) -> str:
    """Return the fingerprint of a finding, whatever folder its model was named from."""
    return replace(finding, model=model_name(finding.model, root)).fingerprint


def entries(findings: Iterable[Finding], root: Path) -> dict[str, Entry]:
    """Return findings as entries of a baseline, by their fingerprints."""
    return {fingerprint(finding, root): _entry(finding, root) for finding in findings}


def model_name(name: str, root: Path) -> str:
    """Return the name of a model with the file in it as seen from the root."""
    file, separator, attribute = name.partition("::")
    path = Path.cwd() / file
    if not separator or not path.is_relative_to(root):
        return name
    return f"{path.relative_to(root).as_posix()}::{attribute}"


def read_baseline(path: Path) -> dict[str, Entry]:
    """Return the known findings by fingerprint; raises ConfigError for a file that is not there or no baseline."""
    try:
        document = msgspec.json.decode(path.read_bytes(), type=_Document)
    except OSError as error:
        message = f"cannot read the baseline {path}: {error.strerror}"
        raise ConfigError(message, hint="--update-baseline writes it") from None
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        message = f"{path} is not a baseline: {error}"
        raise ConfigError(message, hint="delete it, and write it again with --update-baseline") from None
    if document.version != 1:
        message = f"{path} is a baseline of version {document.version}, this visunn reads version 1"
        raise ConfigError(message, hint="update visunn, or write it again with --update-baseline")
    return document.findings


def write_baseline(path: Path, known: Mapping[str, Entry]) -> None:
    """Write known findings in a stable order; raises VisunnError if the file cannot be written."""
    ordered = sorted(known.items(), key=lambda item: (item[1], item[0]))
    findings = {key: msgspec.to_builtins(entry) for key, entry in ordered}
    text = json.dumps({"version": 1, "findings": findings}, indent=2)
    replace_file(path, f"{text}\n".encode())


def _entry(finding: Finding, root: Path) -> Entry:
    return Entry(model_name(finding.model, root), finding.code, finding.rule, finding.module, finding.message)
