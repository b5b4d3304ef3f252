"""VIS105 constant-output."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint import query
from visunn_lint.finding import Finding, Severity
from visunn_lint.records import Node
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.rules._values import SHAPE_ONLY, input_dependents
from visunn_lint.topology import CapturedModel, Topology

_STORED = frozenset({"param", "buffer", "const"})


@dataclass(frozen=True)
class ConstantOutput(Rule):
    """An output does not depend on the values of any input.

    An error if that is so of all outputs. One constant among others (anchors, learned queries) is
    told as a note, unless training makes it of an input, such as a loss that is 0 in eval. Ops that
    take the shape of an input alone, such as ``zeros_like``, do not make their result depend on it.

    ## Why is this bad?
    The model answers the same whatever it is asked: a value was overwritten, or the wrong name returned.

    ## Use instead
    Compute the output from the input.

    ## References
    - PyTorch forums, "Model output is the same for every input"
    """

    code = "VIS105"
    name = "constant-output"
    category = "wiring"
    severity = Severity.ERROR
    since = "0.1.0"
    needs = frozenset({"eval"})
    bad = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 4)

                def forward(self, x):
                    hidden = torch.zeros_like(x)
                    return self.fc(hidden)
            """,
            inputs="2x4",
            at=("",),
        ),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.queries, self.fc = nn.Parameter(torch.zeros(3, 4)), nn.Linear(4, 4)

                def forward(self, x):
                    return self.fc(x), self.fc(self.queries)
            """,
            inputs="2x4",
            at=("fc",),
        ),
    )
    good = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 4)

                def forward(self, x):
                    return self.fc(x)
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # labels, one for each of a batch
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 4)

                def forward(self, x):
                    return self.fc(x), torch.zeros(x.shape[0], dtype=torch.long)
            """,
            inputs="b x 4",
        ),
        Example(
            """
            class Net(nn.Module):  # a parameter or a buffer given out as it is
                def __init__(self):
                    super().__init__()
                    self.fc, self.prior = nn.Linear(4, 4), nn.Parameter(torch.zeros(4))

                def forward(self, x):
                    return self.fc(x), self.prior
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # a loss beside the output, in training
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 4)

                def forward(self, x):
                    hidden = self.fc(x)
                    loss = (hidden - x).pow(2).mean() if self.training else self.fc.bias.sum() * 0
                    return hidden, loss
            """,
            inputs="2x4",
        ),
        Example(
            """
            class Net(nn.Module):  # positions, for as many steps as there are
                def __init__(self):
                    super().__init__()
                    self.embed = nn.Embedding(16, 4)

                def forward(self, x):
                    return self.embed(torch.arange(x.shape[1])).expand(x.shape[0], -1, -1)
            """,
            inputs="2x5x4",
        ),
        Example(
            """
            class Net(nn.Module):  # values that Python reads
                def __init__(self):
                    super().__init__()
                    self.table = nn.Parameter(torch.zeros(3, 4))

                def forward(self, index):
                    return self.table[index.tolist()] * 2
            """,
            inputs="2:int64",
        ),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for all outputs that are constant together, or for each that is so alone."""
        topology = model.eval
        if topology is None or model.has_failed or not _reads_inputs(topology):
            return
        moving = input_dependents(topology)
        outputs = [node for node in topology.nodes.values() if node.kind == "output"]
        constant = [node for node in outputs if node.name not in moving]
        if not constant or _may_be_read_by_python(topology, moving):
            return
        if len(constant) == len(outputs):
            yield self._all_constant(topology, constant)
        else:
            trained = _labels_of_moving(model.train) if model.train is not None else set()
            alone = (
                each
                for each in constant
                if each.label not in trained and _is_computed(topology, each) and not _follows_batch(each)
            )
            yield from (self._one_constant(topology, output) for output in alone)

    def _all_constant(self, topology: Topology, outputs: list[Node]) -> Finding:
        last = _maker(topology, outputs[0])
        lost = next(_where_lost(topology, outputs), None)
        return self.finding(
            lost or last,
            "no output depends on the values of any input",
            label="takes the shape of its operand, not its values" if lost else "returned, whatever the input holds",
            advice="is a value overwritten, or another one returned than was computed?",
        )

    def _one_constant(self, topology: Topology, output: Node) -> Finding:
        return self.finding(
            _maker(topology, output),
            f"output `{output.label}` does not depend on the values of any input",
            label="the same for every input",
            advice="is an input missing in it?" if _is_learned(topology, output) else "compute it once, in __init__",
            severity=Severity.INFO,
        )


def _labels_of_moving(topology: Topology) -> set[str]:
    """Return the outputs of a run that depend on its inputs."""
    moving = input_dependents(topology)
    return {node.label for node in topology.nodes.values() if node.kind == "output" and node.name in moving}


def _is_learned(topology: Topology, output: Node) -> bool:
    """Return whether an output is made of parameters that are trained."""
    behind = query.reachable([output], topology.producers).values()
    return any(node.kind == "param" and node.attributes.get("requires_grad") is True for node in behind)


def _reads_inputs(topology: Topology) -> bool:
    """Return whether an op takes an input: a module that only asks for its shape, as for positions, means to."""
    return any(node.kind == "input" and topology.consumers(node) for node in topology.nodes.values())


def _may_be_read_by_python(topology: Topology, moving: set[str]) -> bool:
    """Return whether code may have read values, as ``int(n)`` and ``tolist()`` do, which leave no edge.

    On meta tensors that goes for integers and single numbers alone.
    """
    if topology.captured.rung != "meta":
        return True
    ends = (node for node in topology.nodes.values() if node.name in moving and not topology.consumers(node))
    return any(node.kind != "output" and any(map(_is_readable, node.output_specs)) for node in ends)


def _is_readable(spec: object) -> bool:
    return getattr(spec, "is_floating", False) is False or getattr(spec, "numel", 0) == 1


def _maker(topology: Topology, output: Node) -> Node:
    return next(iter(topology.producers(output)), output)


def _is_computed(topology: Topology, output: Node) -> bool:
    """Return whether an output was computed in the run: what is stored and given out as it is says so itself."""
    return _maker(topology, output).kind not in _STORED


def _follows_batch(output: Node) -> bool:
    """Return whether an output has the size of the batch, as labels have: that is not known before there is one."""
    return any(spec is not None and spec.batch_dims for spec in output.output_specs)


def _where_lost(topology: Topology, outputs: list[Node]) -> Iterator[Node]:
    """Yield the ops before some outputs that take the shape of something and leave its values."""
    for node in query.reachable(outputs, topology.producers).values():
        if node.short_op in SHAPE_ONLY:
            yield node
