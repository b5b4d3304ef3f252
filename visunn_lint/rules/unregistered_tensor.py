"""VIS108 unregistered-tensor."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint import query
from visunn_lint.finding import Finding, Severity
from visunn_lint.location import Location
from visunn_lint.records import Node
from visunn_lint.rules._axes import first_output
from visunn_lint.rules._mentions import assigned_at, is_reassigned
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.rules._syntax import syntax_tree
from visunn_lint.topology import CapturedModel, Topology

_MOVES = frozenset({"to", "cuda", "cpu", "type_as", "type", "as_tensor", "new_tensor"})


@dataclass(frozen=True)
class UnregisteredTensor(Rule):
    """An op reads a tensor that was made before the run and is no buffer of the model.

    It is on an attribute that the constructor assigns, or in a global name. Tensors that require a gradient are
    `foreign-parameter`'s matter. Single numbers, tensors that are moved, or what is made of them, before they meet
    anything of the model's, and what forward keeps for later, as a cache or a state, are left alone.

    ## Why is this bad?
    ``.to()`` does not move it: on a GPU the op stops with an error of two devices. ``state_dict()`` does not
    hold it, and ``.half()`` leaves it as it is.

    ## Use instead
    ``self.register_buffer("anchors", tensor)``, with ``persistent=False`` if it is not to be saved.

    ## References
    - lyuwenyu/RT-DETR#677
    """

    code = "VIS108"
    name = "unregistered-tensor"
    category = "wiring"
    severity = Severity.WARNING
    since = "0.1.0"
    bad = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.mean = torch.zeros(4)

                def forward(self, x):
                    return x - self.mean
            """,
            inputs="2x4",
            at=("",),
        ),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.mean = torch.zeros(4)

                def forward(self, x):
                    return x - self.mean.to(x.dtype)  # which casts, and moves nothing
            """,
            inputs="2x4",
            at=("",),
        ),
        Example(
            """
            MEAN = torch.zeros(4)

            class Net(nn.Module):
                def forward(self, x):
                    return x - MEAN
            """,
            inputs="2x4",
            at=("",),
        ),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc, self.anchors = nn.Linear(4, 4), torch.zeros(4)

                def forward(self, x):
                    return self.fc(x), self.anchors.clamp(0, 1)
            """,
            inputs="2x4",
            at=("",),
        ),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.mean = torch.zeros(4)

                def forward(self, x):
                    return x - (self.mean * 2), self.mean.to(x.device)
            """,
            inputs="2x4",
            at=("",),
        ),
    )
    good = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.register_buffer("mean", torch.zeros(4))

                def forward(self, x):
                    return x - self.mean
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # moved by every reader; a single number; made in forward
                def __init__(self):
                    super().__init__()
                    self.mean, self.scale = torch.zeros(4), torch.tensor(2.0)

                def forward(self, x):
                    mean = self.mean.to(x.device) + self.mean.to(x) + self.mean.to(x.device, x.dtype)
                    return (x - mean) * self.scale + torch.zeros(4, device=x.device)
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # what is made of it is moved, and meets nothing of the model's before
                def __init__(self):
                    super().__init__()
                    self.sizes = [torch.ones(4), torch.ones(4)]

                def forward(self, x):
                    boxes = torch.cat([torch.stack([size, torch.arange(4)]) for size in self.sizes])
                    return x + boxes.to(x.device)
            """,
            inputs="2x4x4",
        ),
        Example(
            """
            WINDOWS = {4: torch.zeros(4)}

            class Net(nn.Module):  # caches
                def __init__(self):
                    super().__init__()
                    self.steps = torch.arange(4)

                def forward(self, x):
                    if len(self.steps) < x.shape[1]:
                        self.steps = torch.arange(x.shape[1], device=x.device)
                    return x * self.steps + WINDOWS[4]
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # wants a gradient; held by a module in a list
                def __init__(self):
                    super().__init__()
                    self.weight = torch.ones(4, requires_grad=True)
                    self.norms = [nn.BatchNorm1d(4)]

                def forward(self, x):
                    return self.norms[0](x) * self.weight
            """,
            inputs="2x4",
        ),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each such tensor, where it is assigned, else where it is read first."""
        for topology in model.topologies:
            for node in topology.nodes.values():
                if node.kind == "const" and _is_left_behind(topology, node):
                    is_attribute = node.attributes.get("origin") == "attribute"
                    yield from self._attribute(model, node) if is_attribute else self._global(topology, node)

    def _attribute(self, model: CapturedModel, tensor: Node) -> Iterator[Finding]:
        """Yield a finding for a tensor on an attribute, unless that is a place where forward keeps things."""
        holder = str(tensor.attributes.get("holder", ""))
        attribute = tensor.label.removeprefix(f"{holder}.").partition("[")[0]
        owner = model.topology.modules.get(holder)
        if owner is not None and not is_reassigned(model, owner, attribute):
            place = assigned_at(model, owner, attribute) or model.topology.consumers(tensor)[0].source
            yield self._report(tensor, holder, f"`{tensor.label}`", attribute, place)

    def _global(self, topology: Topology, tensor: Node) -> Iterator[Finding]:
        """Yield a finding for a tensor that an op reads by a global name."""
        reader = topology.consumers(tensor)[0]
        name = _global_name(reader.source)
        if name:
            yield self._report(tensor, reader.module, f"the global `{name}`", name.lower(), reader.source)

    def _report(self, tensor: Node, module: str, name: str, attribute: str, place: Location | None) -> Finding:
        spec = first_output(tensor)
        return self.finding(
            module,
            f"{name} ({'×'.join(map(str, spec.shape)) if spec else 'unknown'}) is no buffer of the model",
            location=place,
            label="to() does not move it, state_dict() does not hold it",
            advice=f'self.register_buffer("{attribute}", tensor)',
        )


def _is_left_behind(topology: Topology, node: Node) -> bool:
    """Return whether a tensor of the user's stays where it was made, and registered modules read it there."""
    spec = first_output(node)
    is_own = node.attributes.get("origin") in {"attribute", "elsewhere"}
    if not is_own or node.attributes.get("requires_grad") is not False or spec is None or spec.numel <= 1:
        return False
    made_of_it = query.reachable([node], lambda each: _readers_in_place(topology, each))
    others = (each for name, each in made_of_it.items() if name != node.name)
    return any(each.kind == "output" or each.name in query.moved_nodes(topology) for each in others)


def _readers_in_place(topology: Topology, node: Node) -> Iterator[Node]:
    """Yield what reads a value where it is, not to move it; nor is asked what modules outside the model do."""
    for reader in topology.consumers(node):
        owner = topology.modules.get(reader.module)
        if not _moves(reader) and (owner is None or owner.registered):
            yield reader


def _moves(node: Node) -> bool:
    """Return whether an op brings a tensor to where it is needed: ``to(x.dtype)`` leaves it where it is."""
    return node.short_op in _MOVES and not (node.short_op == "to" and _is_cast(node.source))


def _is_cast(place: Location | None) -> bool:
    """Return whether the call at a place is given a dtype, and nothing else."""
    call = syntax_tree(place.file).at(place) if place is not None else None
    if not isinstance(call, ast.Call) or not (call.args or call.keywords):
        return False
    return all(map(_is_dtype, call.args)) and all(keyword.arg == "dtype" for keyword in call.keywords)


def _is_dtype(node: ast.expr) -> bool:
    """Return whether an expression is the dtype of something, or one of torch's own."""
    if not isinstance(node, ast.Attribute):
        return False
    return node.attr == "dtype" or (isinstance(node.value, ast.Name) and node.value.id == "torch")


def _global_name(place: Location | None) -> str:
    """Return the one global name among the operands of the expression at a place, "" if there is not just one."""
    if place is None:
        return ""
    tree = syntax_tree(place.file)
    node = tree.at(place)
    operands = [] if node is None else list(ast.iter_child_nodes(node))
    names = [each.id for each in operands if isinstance(each, ast.Name) and each.id in tree.globals_made]
    return names[0] if len(names) == 1 else ""
