"""Libraries whose native code opens files where nothing sees it."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_LIBRARIES: Final = ("h5py", "safetensors", "sentencepiece", "tokenizers")


def native_reader(file: str) -> str:
    """Return which of these libraries a source file imports, in a function too; "" if none, or if it is no source."""
    if not file.endswith(".py"):
        return ""
    try:
        source = Path(file).read_bytes()
        if not any(library.encode() in source for library in _LIBRARIES):
            return ""
        return next((name for name in _imported(ast.parse(source)) if name in _LIBRARIES), "")
    except (OSError, SyntaxError, ValueError):
        return ""


def _imported(tree: ast.AST) -> Iterator[str]:
    """Yield the packages that source code imports, those next to it left out."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]
