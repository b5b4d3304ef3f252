"""Whether the code of a class would use an attribute in another run than the one that was seen."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from visunn_lint import query, source
from visunn_lint.rules._syntax import syntax_tree

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from visunn_lint.location import Location
    from visunn_lint.records import Module
    from visunn_lint.rules._syntax import SyntaxTree
    from visunn_lint.topology import CapturedModel, Topology

Class: TypeAlias = "tuple[SyntaxTree, ast.ClassDef]"

_BOOKKEEPING = ("__init__", "__repr__", "extra_repr", "init", "_init", "reset", "_reset", "freeze", "_freeze",
                "unfreeze", "load", "_load", "get_", "set_", "no_weight_decay", "group_matcher")  # fmt: skip
"""How the names of methods begin that touch a module without running it."""

_BY_NAME = frozenset({"get_submodule", "_modules"})
_EACH = frozenset({"children", "named_children", "modules", "named_modules"})
_ASKING = frozenset({"isinstance", "issubclass", "type", "id", "hasattr", "getattr", "print", "str", "repr", "len"})
"""Functions that look at a module without running it."""


def running_class(topology: Topology, module: Module) -> Module | None:
    """Return the closest module around another that was called itself: its code decides what runs."""
    around = topology.parent(module)
    while around is not None and not around.calls:
        around = topology.parent(around)
    return around


def path_from(owner: Module, path: str) -> str:
    """Return the path from a module to a part of it."""
    return path.removeprefix(f"{owner.path}.") if owner.path else path


def may_run_elsewhere(model: CapturedModel, owner: Module, path: str) -> bool:
    """Return whether the class of a module could use a part with other inputs, or in another method.

    ``path`` leads from the module to the part. The class could not use it where forward names it
    only under conditions on ``self``, or nothing but the constructor and its like does. What holds
    the part may be used in forward, and nowhere else. A class without readable source tells nothing: no.
    """
    return any(_may_use(method, path.split(".")) for method in methods(model, owner))


def assigned_at(model: CapturedModel, owner: Module, attribute: str) -> Location | None:
    """Return where the class of a module assigns an attribute, None where that is not found."""
    found = (source.assignment_line(tree.file, body.name, attribute) for tree, body in _classes(model, owner))
    return next((place for place in found if place is not None), None)


def is_reassigned(model: CapturedModel, owner: Module, attribute: str) -> bool:
    """Return whether a method of a module's class, other than the constructor, assigns an attribute of that name."""
    return any(attribute in _reassigned(body) for _, body in _classes(model, owner))


# -- the code of a class ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Method:
    """A method that may run the model, in its class and file.

    ``is_run`` says that it is ``forward``, or that ``forward`` calls it. ``unsettled`` names the attributes of the
    model that may have another value in another run.
    """

    tree: SyntaxTree
    body: ast.ClassDef
    node: ast.FunctionDef | ast.AsyncFunctionDef
    is_run: bool
    unsettled: frozenset[str]


def methods(model: CapturedModel, owner: Module) -> Iterator[Method]:
    """Yield the methods of a module's class, but for those that only build, initialise or print.

    What ``forward`` calls runs the model, whatever it is named.
    """
    classes = _classes(model, owner)
    bodies = tuple(body for _, body in classes)
    running, unsettled = _run_by_forward(bodies), _changing(bodies) | _buffers(model.topology, owner)
    for tree, body in classes:
        for member in _functions(body):
            if not member.name.startswith(_BOOKKEEPING) or member.name in running:
                yield Method(tree, body, member, member.name in running, unsettled)


@lru_cache(maxsize=1024)
def _run_by_forward(bodies: tuple[ast.ClassDef, ...]) -> frozenset[str]:
    """Return the names of the methods of some classes that ``forward`` calls, straight or through others."""
    found: set[str] = set()
    names = {"forward"}
    while names - found:
        found |= names
        members = (member for body in bodies for member in _functions(body) if member.name in names)
        called = {name for member in members for node in ast.walk(member) if (name := _own_call(node))}
        names = called & {member.name for body in bodies for member in _functions(body)}
    return frozenset(found)


def _functions(body: ast.ClassDef) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    yield from (member for member in body.body if isinstance(member, ast.FunctionDef | ast.AsyncFunctionDef))


def _own_call(node: ast.AST) -> str:
    """Return the name of the method of ``self`` that a node calls, "" if it does not."""
    func = node.func if isinstance(node, ast.Call) else None
    if not isinstance(func, ast.Attribute) or not isinstance(func.value, ast.Name):
        return ""
    return func.attr if func.value.id == "self" else ""


def _classes(model: CapturedModel, owner: Module) -> list[Class]:
    """Return a module's class and its bases, as far as they stand in files whose code was seen to run or build it.

    Those whose own code was seen come first. Where only others ran in its name, whose bases are not known, these are
    taken for it.
    """
    places = dict.fromkeys(place for topology in model.topologies for place in _places(topology, owner))
    trees = ((syntax_tree(place.file), place) for place in places)
    seen = {(tree, body): None for tree, place in trees if (body := tree.enclosing_class(place)) is not None}
    names = {body.name for _, body in seen}
    beside = ((tree, body) for tree in {tree: None for tree, _ in seen} for body in tree.classes)
    known = [*seen, *((tree, body) for tree, body in beside if body.name not in names)]
    own = {owner.short_kind}
    while more := {name for _, body in known if body.name in own for name in _bases(body)} - own:
        own |= more
    return [(tree, body) for tree, body in known if body.name in own] or list(seen)


def _bases(body: ast.ClassDef) -> Iterator[str]:
    for base in body.bases:
        if isinstance(base, ast.Name | ast.Attribute):
            yield base.id if isinstance(base, ast.Name) else base.attr


def _places(topology: Topology, owner: Module) -> Iterator[Location]:
    """Yield where a module runs its ops, calls its children and builds them."""
    if owner.path not in topology.modules or owner.kind.startswith("torch."):
        return
    this, below = topology.modules[owner.path], list(query.descendants(topology, owner))
    sources = [child.source for child in below if topology.parent(child) is this]
    sources += [call.source for child in below for call in child.calls if call.parent and call.parent[0] == owner.path]
    sources += [node.source for node in topology.nodes_in(owner.path)]
    yield from (place for place in sources if place is not None)


# -- what a method does with an attribute ----------------------------------------------------------


def _may_use(method: Method, parts: list[str]) -> bool:
    """Return whether a method could use what a path leads to, in another run than the one that was seen."""
    *holders, attribute = parts
    if _picks_by_name(method):
        return True
    if not all(_is_ruled_out(method, each) for each in named(method, attribute, own=not holders)):
        return True
    held = (each for holder in holders[:1] for each in named(method, holder, own=True))
    return not all(_runs_in_forward(method, each) for each in held)


def _picks_by_name(method: Method) -> bool:
    """Return whether a method uses attributes by names that only a run can tell."""
    for node in ast.walk(method.node):
        if isinstance(node, ast.Attribute) and node.attr in _BY_NAME:
            return True
        if isinstance(node, ast.Attribute) and node.attr in _EACH and _runs_each(method, node):
            return True
        if isinstance(node, ast.Call) and _is_computed_getattr(node):
            return True
    return False


def _runs_each(method: Method, mention: ast.Attribute) -> bool:
    """Return whether what ``self.modules()`` and its like give may be run: not where a loop only looks at them."""
    call = method.tree.parents[mention]
    loop = method.tree.parents.get(call)
    if not isinstance(loop, ast.For | ast.comprehension) or loop.iter is not call:
        return True
    names = {node.id for node in ast.walk(loop.target) if isinstance(node, ast.Name)}
    calls = (node for node in ast.walk(method.node) if isinstance(node, ast.Call))
    return any(_hands_on(node, names) for node in calls)


def _hands_on(call: ast.Call, names: Container[str]) -> bool:
    """Return whether a call is one of a name's value, or gets it, and is no question about it."""
    if isinstance(call.func, ast.Name) and call.func.id in _ASKING:
        return False
    given = (call.func, *call.args, *(keyword.value for keyword in call.keywords))
    return any(isinstance(each, ast.Name) and each.id in names for each in given)


def _is_computed_getattr(call: ast.Call) -> bool:
    is_getattr = isinstance(call.func, ast.Name) and call.func.id == "getattr"
    return is_getattr and not (len(call.args) > 1 and isinstance(call.args[1], ast.Constant))


def named(method: Method, attribute: str, *, own: bool) -> Iterator[ast.expr]:
    """Yield where a method names an attribute to use it: of ``self`` if it is its own, else of whatever object."""
    for node in ast.walk(method.node):
        if isinstance(node, ast.Attribute) and node.attr == attribute and isinstance(node.ctx, ast.Load):
            if not own or (isinstance(node.value, ast.Name) and node.value.id == "self"):
                yield node
        elif isinstance(node, ast.Constant) and node.value == attribute and not _is_key(method, node, own=own):
            yield node


def _is_key(method: Method, node: ast.expr, *, own: bool) -> bool:
    """Return whether a text is the key of something else than modules: a result, a batch.

    By a local name, a container of modules may be meant, but not the attributes of ``self``.
    """
    parent = method.tree.parents[node]
    if isinstance(parent, ast.Dict):
        return any(key is node for key in parent.keys)
    is_local = isinstance(parent, ast.Subscript) and isinstance(parent.value, ast.Name) and parent.value.id != "self"
    return own and is_local


def _is_ruled_out(method: Method, mention: ast.expr) -> bool:
    """Return whether a mention is no use, or one that only another configuration would reach."""
    if is_test(method.tree.parents[mention], mention):
        return True
    return any(True for _ in _conditions(method, mention)) and _runs_in_forward(method, mention)


def _runs_in_forward(method: Method, mention: ast.expr) -> bool:
    """Return whether a mention is reached, or not, in every forward alike."""
    return method.node.name == "forward" and is_under_settled(method, mention)


def is_under_settled(method: Method, node: ast.AST) -> bool:
    """Return whether what a node runs under, if anything, is settled."""
    return all(is_settled(method, condition) for condition in _conditions(method, node))


def is_test(parent: ast.AST, mention: ast.expr) -> bool:
    """Return whether it is only asked if something is there."""
    if isinstance(parent, ast.Compare):
        return all(isinstance(operator, ast.Is | ast.IsNot) for operator in parent.ops)
    if isinstance(parent, ast.Call):
        return isinstance(parent.func, ast.Name) and parent.func.id in {"hasattr", "len", "bool"}
    return isinstance(parent, ast.If | ast.IfExp | ast.While) and parent.test is mention


def _conditions(method: Method, node: ast.AST) -> Iterator[ast.expr]:
    """Yield the conditions under which a node runs, up to the method."""
    below = node
    for parent in method.tree.above(node):
        if parent is method.node:
            return
        if isinstance(parent, ast.If | ast.IfExp | ast.While) and parent.test is not below:
            yield parent.test
        below = parent


def is_settled(method: Method, condition: ast.expr) -> bool:
    """Return whether a condition reads nothing but attributes of ``self`` that only the constructor decides."""
    names = {node.id for node in ast.walk(condition) if isinstance(node, ast.Name)}
    attributes = {node.attr for node in ast.walk(condition) if isinstance(node, ast.Attribute)}
    return names <= {"self"} and attributes.isdisjoint(method.unsettled)


@lru_cache(maxsize=1024)
def _changing(bodies: tuple[ast.ClassDef, ...]) -> frozenset[str]:
    """Return the attributes of some classes that may change: those reassigned, properties, and what methods return."""
    computed = {member.name for body in bodies for member in _functions(body)}
    return frozenset(computed.union(*map(_reassigned, bodies)))


def _buffers(topology: Topology, owner: Module) -> frozenset[str]:
    """Return the names of the buffers of a module and of those below: they are written in place."""
    return frozenset(buffer.name for module in (owner, *topology.descendants(owner)) for buffer in module.buffers)


def _reassigned(body: ast.ClassDef) -> set[str]:
    """Return the attributes that methods other than the constructor assign."""
    methods = [member for member in body.body if isinstance(member, ast.FunctionDef) and member.name != "__init__"]
    nodes = (node for method in methods for node in ast.walk(method))
    return {node.attr for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)}
