"""The decorator that marks models."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING

import pytest

from visunn_lint import marks
from visunn_lint.errors import ConfigError, InputError
from visunn_lint.spec import InputSpec

if TYPE_CHECKING:
    from visunn_lint.marks import Mark


def _module(text: str) -> ModuleType:
    """Return a module with that text, ``visunn_lint.marks`` being known in it as ``marks``."""
    module = ModuleType("net")
    vars(module)["marks"] = marks
    exec(compile(text, "net.py", "exec"), vars(module))  # noqa: S102 -- marks belong to the module that runs
    return module


def _said(mark: Mark) -> tuple[object, ...]:
    return mark.target, mark.name, mark.inputs, dict(mark.kwargs), mark.modes


def test_bare_decorator_returns_its_target_and_records_a_mark() -> None:
    """``@model`` leaves the class as it is and lists it among the marks of its module."""
    module = _module("@marks.model\nclass Net:\n    pass\n")
    assert [_said(mark) for mark in marks.marks_in(module)] == [(module.Net, "", None, {}, None)]


def test_arguments_are_kept_in_the_mark() -> None:
    """Inputs are parsed, names, values and modes kept as they are."""
    text = "@marks.model(inputs='b x 3', name='small', kwargs={'scale': 2}, modes=['eval'])\ndef build(): ...\n"
    module = _module(text)
    expected = (module.build, "small", InputSpec.parse("b x 3"), {"scale": 2}, ("eval",))
    assert [_said(mark) for mark in marks.marks_in(module)] == [expected]


def test_instance_is_marked_without_being_touched() -> None:
    """An object gets no attribute by being marked."""
    module = _module("class Net:\n    pass\nnet = marks.model(inputs=(2, 3))(Net())\n")
    assert vars(module.net) == {}
    assert [mark.target for mark in marks.marks_in(module)] == [module.net]


def test_marks_come_in_the_order_of_the_file() -> None:
    """Several marks of one module keep their order, several on one object are several."""
    module = _module("@marks.model(name='b')\n@marks.model(name='a')\nclass Net: ...\nmarks.model(name='c')(Net)\n")
    assert [mark.name for mark in marks.marks_in(module)] == ["a", "b", "c"]


def test_subclass_of_a_marked_class_is_not_marked() -> None:
    """A mark speaks of one object."""
    module = _module("@marks.model(inputs='2x3')\nclass Net: ...\nclass Child(Net): ...\n")
    found = marks.mark_of(module.Net, module)
    assert found is not None
    assert found.inputs == InputSpec.parse("2x3")
    assert marks.mark_of(module.Child, module) is None


def test_last_mark_of_an_object_counts() -> None:
    """``mark_of`` returns the outermost of several decorators."""
    module = _module("@marks.model(name='outer')\n@marks.model(name='inner')\nclass Net: ...\n")
    found = marks.mark_of(module.Net, module)
    assert found is not None
    assert found.name == "outer"


def test_nothing_is_marked_without_a_module() -> None:
    """A class whose module is gone has no mark."""
    assert marks.mark_of(object, None) is None


def test_unknown_mode_is_refused() -> None:
    """A mode other than eval and train is an error at the decorator."""
    with pytest.raises(ConfigError, match="no such mode: 'test'"):
        _module("@marks.model(modes=['test'])\nclass Net: ...\n")


def test_unreadable_inputs_are_refused() -> None:
    """Inputs that are no spec are an error at the decorator."""
    with pytest.raises(InputError, match="cannot read the input '2y3'"):
        _module("@marks.model(inputs='2y3')\nclass Net: ...\n")
