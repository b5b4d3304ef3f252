"""The models that a module names."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from difflib import get_close_matches
from operator import attrgetter
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeGuard, get_type_hints

from torch import nn
from torch.nn.modules.loss import _Loss

from visunn_lint.errors import TargetError
from visunn_lint.marks import Mark, marks_in
from visunn_lint.pipeline.targets.outline import is_action_name, is_loss_name, is_model_name, outline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import CodeType, FunctionType, ModuleType

Kind: TypeAlias = Literal["instance", "class", "factory"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model to be built: where it stands in its module, and the mark that it bears.

    ``is_sure`` is False for a factory that only its name speaks for. ``class_name`` is the full
    name of what is a class.
    """

    name: str
    kind: Kind
    find: Callable[[ModuleType], object]
    mark: Mark | None = None
    is_sure: bool = True
    class_name: str = ""


def find_candidates(module: ModuleType, attribute: str = "") -> list[Candidate]:
    """Return the models that a module names, in the order of DESIGN: marked, instances, classes, factories.

    With an ``attribute`` it is that one, by its own name or that of its mark. Raises TargetError
    if there is none.
    """
    if attribute:
        return [_named(module, attribute)]
    return [*_marked(module), *_instances(module), *_classes(module), *_factories(module)]


class NoModelError(TargetError):
    """A module has no model that can be built."""


def no_model(module: ModuleType) -> NoModelError:
    """Return the error for a module without a model, its hint showing what to write."""
    classes = [value for value in _own(module).values() if isinstance(value, type) and _is_model_class(value)]
    for each in sorted(classes, key=lambda cls: _is_a_part(cls, classes)):
        needed = required_arguments(each)
        if needed:
            message = f"has no model that can be built as it is: `{each.__name__}` needs {', '.join(needed)}"
            return NoModelError(message, hint=factory_hint(each.__name__, needed))
    return NoModelError(
        "has no model",
        hint="a model is an nn.Module class that needs no arguments, an instance of one, "
        "a factory `def model() -> Net`, or whatever is marked @visunn_lint.model",
    )


def _is_a_part(cls: type, classes: Iterable[type]) -> bool:
    """Return whether another one of some classes names a class in its code: it is a part of that one then."""
    others = (value for other in classes if other is not cls for value in vars(other).values())
    return any(_names(value.__code__, cls.__name__) for value in others if inspect.isfunction(value))


def _names(code: CodeType, name: str) -> bool:
    """Return whether code, or that of a comprehension in it, names something."""
    inner = (each for each in code.co_consts if inspect.iscode(each))
    return name in code.co_names or any(_names(each, name) for each in inner)


def factory_hint(name: str, needed: list[str]) -> str:
    """Return what to write for a class or function that needs arguments."""
    arguments = ", ".join(f"{each}=…" for each in needed)
    return f"write a factory beside it: def model() -> nn.Module: return {name}({arguments})"


def required_arguments(thing: Callable[..., object]) -> list[str]:
    """Return the names of the arguments that a class or function cannot be called without."""
    try:
        parameters = inspect.signature(thing).parameters.values()
    except (TypeError, ValueError):
        return []
    variadic = {inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD}
    return [each.name for each in parameters if each.default is each.empty and each.kind not in variadic]


def _named(module: ModuleType, attribute: str) -> Candidate:
    for found in _marked(module):
        if found.name == attribute:
            return found
    find = attrgetter(attribute)
    try:
        thing = find(module)
    except AttributeError:
        names = [each.name for each in find_candidates(module)] or list(_own(module))
        close = get_close_matches(attribute, names, n=1)
        hint = f"did you mean `{close[0]}`?" if close else _enumerated(names)
        message = f"has no `{attribute}`"
        raise TargetError(message, hint=hint) from None
    if not callable(thing):
        message = f"`{attribute}` is a {type(thing).__name__}, not a Module, a class or a factory"
        raise TargetError(message)
    return Candidate(attribute, _kind(thing), find)


def _enumerated(names: list[str]) -> str:
    return f"there is {', '.join(f'`{name}`' for name in names[:8])}" if names else ""


def _marked(module: ModuleType) -> Iterator[Candidate]:
    for index, mark in enumerate(marks_in(module)):
        yield Candidate(_mark_name(mark, module), _kind(mark.target), _MarkAt(index), mark)


@dataclass(frozen=True, slots=True)
class _MarkAt:
    """Finds the object of a module's n-th mark, also when the module has been imported anew."""

    index: int

    def __call__(self, module: ModuleType) -> object:
        return marks_in(module)[self.index].target


def _mark_name(mark: Mark, module: ModuleType) -> str:
    bound = (name for name, value in vars(module).items() if value is mark.target)
    return mark.name or getattr(mark.target, "__name__", "") or next(bound, type(mark.target).__name__)


def _instances(module: ModuleType) -> Iterator[Candidate]:
    found = outline(module.__file__ or "")
    imported = found.imports if found is not None else {}
    for name, value in _unmarked(module).items():
        if isinstance(value, nn.Module) and name not in imported and not _is_accessory(value):
            yield Candidate(name, "instance", attrgetter(name))


def _is_accessory(instance: nn.Module) -> bool:
    """Return whether an instance is a loss, or a layer of torch's own without any state, such as a softmax."""
    if isinstance(instance, _Loss) or is_loss_name(type(instance).__name__):
        return True
    is_torch = type(instance).__module__.startswith("torch.nn.")
    return is_torch and not instance.state_dict() and not any(instance.children())


def _classes(module: ModuleType) -> Iterator[Candidate]:
    for name, value in _unmarked(module).items():
        if _is_model_class(value) and value.__module__ == module.__name__ and not required_arguments(value):
            yield Candidate(name, "class", attrgetter(name), class_name=f"{value.__module__}.{value.__qualname__}")


def _is_model_class(value: object) -> TypeGuard[type[nn.Module]]:
    if not isinstance(value, type) or not issubclass(value, nn.Module) or inspect.isabstract(value):
        return False
    runs = value.forward is not nn.Module.forward or value.__call__ is not nn.Module.__call__
    return runs and not issubclass(value, _Loss) and not is_loss_name(value.__name__)


def _factories(module: ModuleType) -> Iterator[Candidate]:
    for name, value in _unmarked(module).items():
        if not _is_plain_function(value) or value.__module__ != module.__name__ or required_arguments(value):
            continue
        is_annotated = _returns_module(value)
        if not is_action_name(name) and (is_annotated or is_model_name(name)):
            yield Candidate(name, "factory", attrgetter(name), is_sure=is_annotated)


def _is_plain_function(value: object) -> TypeGuard[FunctionType]:
    """Return whether something is a function that runs to its end, perhaps a decorated one."""
    function = inspect.unwrap(value) if callable(value) else value
    return inspect.isfunction(function) and not (
        isinstance(value, type) or inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function)
    )


def _returns_module(function: Callable[..., object]) -> bool:
    try:
        returned = get_type_hints(function).get("return")
    except Exception:  # noqa: BLE001 -- an annotation is the user's code and may raise anything
        return False
    return isinstance(returned, type) and issubclass(returned, nn.Module)


def _unmarked(module: ModuleType) -> dict[str, object]:
    """Return the public globals of a module, each object once, without the marked ones."""
    seen = {id(mark.target) for mark in marks_in(module)}
    found: dict[str, object] = {}
    for name, value in _own(module).items():
        if id(value) not in seen:
            seen.add(id(value))
            found[name] = value
    return found


def _own(module: ModuleType) -> dict[str, object]:
    return {name: value for name, value in vars(module).items() if not name.startswith("_")}


def _kind(thing: object) -> Kind:
    if isinstance(thing, nn.Module):
        return "instance"
    return "class" if isinstance(thing, type) else "factory"
