"""What the syntax tree of a file tells of an expression in it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from visunn_lint.rules._syntax import syntax_tree

if TYPE_CHECKING:
    from pathlib import Path

_METHOD = """
class Net:
    def run(self, x):
        return self.forward(x)
"""
_OTHER_NAME = """
class Net:
    def run(module, x):
        return module.forward(x)
"""
_FUNCTION_IN_A_METHOD = """
class Net:
    def run(self, xs):
        return [(lambda x: self.forward(x))(x) for x in xs]
"""
_ATTRIBUTE = """
class Net:
    def run(self, x):
        return self.part.forward(x)
"""
_ARGUMENT = """
class Net:
    def run(self, part, x):
        return part.forward(x)
"""
_HIDDEN = """
class Net:
    def run(self, x):
        return (lambda self: self.forward(x))(self.part)
"""
_STATIC = """
class Net:
    @staticmethod
    def run(part, x):
        return part.forward(x)
"""
_FUNCTION = """
def run(part, x):
    return part.forward(x)
"""


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        pytest.param(_METHOD, True, id="the first argument of a method"),
        pytest.param(_OTHER_NAME, True, id="by whatever name"),
        pytest.param(_FUNCTION_IN_A_METHOD, True, id="from a function inside the method"),
        pytest.param(_ATTRIBUTE, False, id="a part of the object"),
        pytest.param(_ARGUMENT, False, id="another argument"),
        pytest.param(_HIDDEN, False, id="an argument of the same name"),
        pytest.param(_STATIC, False, id="the first argument of a static method"),
        pytest.param(_FUNCTION, False, id="the first argument of a function"),
    ],
)
def test_object_that_a_method_is_called_on(tmp_path: Path, code: str, *, expected: bool) -> None:
    """It is told by its place among the arguments, not by its name."""
    file = tmp_path / "net.py"
    file.write_text(code)
    tree = syntax_tree(str(file))
    [receiver] = [
        node.value for node in ast.walk(tree.root) if isinstance(node, ast.Attribute) if node.attr == "forward"
    ]
    assert tree.is_self(receiver) is expected
