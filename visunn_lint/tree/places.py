"""Which module hangs where in the tree, under which name, and what it shares with others."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from visunn_lint.records import Module, Param


def homes(modules: Mapping[str, Module]) -> dict[str, str]:
    """Return for each module the one that it hangs under: which lists it, and which its path lies in.

    What nobody lists, a module in a plain list, hangs where the spelling of its path says.
    """
    found: dict[str, str] = {}
    for module in modules.values():
        for child in module.children:
            if child in modules and _lies_in(child, module.path):
                found.setdefault(child, module.path)
    return {path: found[path] if path in found else _holder(path, modules) for path in modules if path}


def _lies_in(path: str, holder: str) -> bool:
    return not holder or path.startswith((f"{holder}.", f"{holder}["))


def _holder(path: str, modules: Mapping[str, Module]) -> str:
    while (cut := max(path.rfind("."), path.rfind("["))) > 0:
        path = path[:cut]
        if path in modules:
            return path
    return ""


def by_home(home: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the modules under each module, each before those under it; the root first."""
    below: defaultdict[str, list[str]] = defaultdict(list)
    for path, holder in home.items():
        below[holder].append(path)
    order = [""]
    for path in order:
        order.extend(below[path])
    return {path: below[path] for path in order}


def above(path: str, home: Mapping[str, str]) -> Iterator[str]:
    """Yield the modules around one, the closest first, the root last."""
    while path:
        path = home[path]
        yield path


def label(path: str, holder: str) -> str:
    """Return a path as it is called within its holder."""
    return path.removeprefix(holder).removeprefix(".") or path


def aliases_by_holder(modules: Mapping[str, Module]) -> dict[str, list[tuple[str, Module]]]:
    """Return the other names of shared modules by the module in which they stand."""
    found: defaultdict[str, list[tuple[str, Module]]] = defaultdict(list)
    for module in modules.values():
        for alias in module.aliases:
            found[alias.rpartition(".")[0]].append((alias, module))
    return dict(found)


def params_below(modules: Mapping[str, Module], home: Mapping[str, str]) -> dict[str, list[Param]]:
    """Return the parameters of each module and of all below it, a shared one once in each.

    Those of a module that torch does not know of are no part of the modules that it does know.
    """
    found: defaultdict[str, list[Param]] = defaultdict(list)
    counted: set[tuple[str, str]] = set()
    for path, module in modules.items():
        for param in module.params:
            tensor = min(param.path, *param.shared_with) if param.shared_with else param.path
            for holder in (path, *above(path, home)):
                if holder in modules and modules[holder].registered and not module.registered:
                    break
                if (holder, tensor) not in counted:
                    counted.add((holder, tensor))
                    found[holder].append(param)
    return dict(found)


def shared_params(modules: Iterable[Module]) -> dict[str, list[tuple[Param, str]]]:
    """Return by module the parameters that an earlier module holds too, with their first name."""
    found: defaultdict[str, list[tuple[Param, str]]] = defaultdict(list)
    seen: set[str] = set()
    for module in modules:
        for param in module.params:
            first = next((name for name in param.shared_with if name in seen), None)
            if first is not None:
                found[module.path].append((param, first))
            seen.add(param.path)
    return dict(found)
