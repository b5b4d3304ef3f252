"""VIS109 module-built-in-forward."""

from __future__ import annotations

import ast
from collections.abc import Container, Iterator
from dataclasses import dataclass
from itertools import takewhile

from visunn_lint import query
from visunn_lint.finding import Finding, Severity
from visunn_lint.records import Module, Node
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.rules._syntax import FUNCTIONS, SyntaxTree, syntax_tree
from visunn_lint.topology import CapturedModel, Topology

_BUILT = "built in forward"
_MOVES = frozenset({"to", "cuda", "cpu", "half", "float", "double", "bfloat16", "detach", "set_data_"})


@dataclass(frozen=True)
class ModuleBuiltInForward(Rule):
    """``forward`` builds a module with parameters and calls it.

    One that is built once, when it is first needed, and kept on ``self`` under a condition is left alone, and so is
    one whose weights are copied, or filled by hand.

    ## Why is this bad?
    Its weights are drawn anew in every call: nothing of it is trained, saved or moved.

    ## Use instead
    Build the module in ``__init__`` and call it in ``forward``.

    ## References
    - pytorch/pytorch#1291
    """

    code = "VIS109"
    name = "module-built-in-forward"
    category = "wiring"
    severity = Severity.ERROR
    since = "0.1.0"
    bad = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 4)

                def forward(self, x):
                    x = nn.Linear(4, 4)(self.fc(x))
                    return nn.Sequential(nn.Linear(4, 4), nn.ReLU())(x)
            """,
            inputs="2x4",
            at=("<Linear>", "<Sequential>"),
        ),
        Example(
            """
            class Net(nn.Module):
                def forward(self, x):
                    return nn.BatchNorm1d(4)(nn.LayerNorm(x.shape[-1])(x))
            """,
            inputs="2x4",
            at=("<LayerNorm>", "<BatchNorm1d>"),
        ),
    )
    good = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc, self.out = nn.Linear(4, 4), nn.Linear(4, 4)

                def forward(self, x):
                    return nn.ReLU()(self.out(self.fc(x)))
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # once, when its size is known
                def __init__(self):
                    super().__init__()
                    self.fc = None

                def forward(self, x):
                    if self.fc is None:
                        self.fc = nn.Linear(x.shape[1], 4)
                    return self.fc(x)
            """,
            inputs="2x4",
        ),
        Example(
            """
            SHARED = nn.Linear(4, 4)

            class Net(nn.Module):  # built before; filled by hand
                def forward(self, x):
                    mean = nn.Conv1d(1, 1, 4, bias=False).requires_grad_(False)
                    mean.weight.fill_(0.25)
                    return mean(SHARED(x).unsqueeze(1))
            """,
            inputs="2x4",
        ),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each such module, the top of its subtree alone."""
        told: set[str] = set()
        for topology in model.topologies:
            drawn = _with_new_weights(topology)
            for module in topology:
                if module.path not in told and _is_top(topology, module) and module.path in drawn:
                    told.add(module.path)
                    numbers = sum(param.numel for param in query.params_below(topology, module))
                    if numbers and not _is_kept(module):
                        yield self._report(module, numbers)

    def _report(self, module: Module, numbers: int) -> Finding:
        return self.finding(
            module,
            f"forward builds this {module.short_kind}: its {numbers:,} parameters are drawn anew in every call",
            location=module.calls[0].source if module.calls else module.source,
            label="no optimizer sees it, no state_dict() holds it",
            advice="build it in __init__",
        )


def _is_top(topology: Topology, module: Module) -> bool:
    holder = topology.modules.get(module.path.rpartition(".")[0])
    return module.container == _BUILT and (holder is None or holder.container != _BUILT)


def _with_new_weights(topology: Topology) -> set[str]:
    """Return the paths of the modules, and of those around them, that read what was made from nothing in the run.

    Weights from before the run, copies of them, and weights that forward fills by hand are none of these.
    """
    new: set[str] = set()
    paths: set[str] = set()
    for node in topology.nodes.values():
        is_moved = node.short_op in _MOVES and all(name in new for name in node.inputs)
        if node.kind == "op" and (not node.inputs or is_moved or _is_of_the_constructor(topology, node, new)):
            new.add(node.name)
            for reader in topology.consumers(node):
                paths.update((reader.module, *query.paths_above(reader.module)))
    return paths


def _is_of_the_constructor(topology: Topology, node: Node, new: Container[str]) -> bool:
    """Return whether an op fills what was made in the same call: a norm begins with ones and zeros."""
    made = topology.producers(node)
    return query.is_in_place(node) and all(each.name in new and each.source == node.source for each in made)


def _is_kept(module: Module) -> bool:
    """Return whether a module is called as an attribute of ``self`` that is assigned under a condition."""
    source = module.calls[0].source if module.calls else None
    if source is None:
        return False
    tree = syntax_tree(source.file)
    call = tree.at(source)
    name = _own_attribute(call.func) if isinstance(call, ast.Call) else ""
    return bool(name) and _is_assigned_under_condition(tree, call, name)


def _own_attribute(func: ast.expr) -> str:
    """Return which attribute of ``self`` an expression goes through first, "" if through none."""
    while isinstance(func, ast.Subscript | ast.Attribute):
        if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name) and func.value.id == "self":
            return func.attr
        func = func.value
    return ""


def _is_assigned_under_condition(tree: SyntaxTree, node: ast.AST | None, name: str) -> bool:
    """Return whether something in the class around a node assigns an attribute, but not in every call."""
    scopes = [] if node is None else [each for each in tree.above(node) if isinstance(each, ast.ClassDef)]
    for each in (inner for scope in scopes for inner in ast.walk(scope)):
        if isinstance(each, ast.Attribute) and each.attr == name and isinstance(each.ctx, ast.Store):
            within = takewhile(lambda above: not isinstance(above, FUNCTIONS), tree.above(each))
            if any(isinstance(above, ast.If) for above in within):
                return True
    return False
