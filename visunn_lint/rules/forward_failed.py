"""VIS213 forward-failed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from visunn_lint.finding import Finding, Related, Severity
from visunn_lint.records import Failure, short_op
from visunn_lint.rules._rule import Example, Rule
from visunn_lint.spec import TensorSpec
from visunn_lint.topology import CapturedModel, Topology

_ADVICE = (
    (r"mat1 and mat2 shapes cannot be multiplied \((\d+)x(\d+) and (\d+)x(\d+)\)",
     "the input has {1} features in its last axis and the weight takes {2}"),
    (r"to have (\d+) channels, but got (\d+) channels instead",
     "the input has {1} channels and the convolution takes {0}"),
    (r"The size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\) at non-singleton dimension (\d+)",
     "the operands have {0} and {1} elements in axis {2}, and neither is 1"),
    (r"Sizes of tensors must match except in dimension (\d+)",
     "what is concatenated may differ in axis {0} alone"),
    (r"shape '(.+)' is invalid for input of size (\d+)",
     "{1} elements do not fill the shape {0}"),
    (r"(?:expected|Expected) .*?dtype|must have the same dtype|[Ee]xpected scalar type",
     "bring the operands to one dtype, or run them under autocast"),
    (r"'(?!(?:dict|list|tuple|set|str|int|float|bool|NoneType|Tensor)')\w+' object has no attribute '(\w+)'",
     "is `{0}` assigned in __init__, and spelled so?"),
)  # fmt: skip
"""What the errors that torch raises most often say, in other words."""

_FOR_EVAL = r"\bnone(type)?\b|expected more than 1 value per channel when training"


@dataclass(frozen=True)
class ForwardFailed(Rule):
    """``forward`` raises an exception on inputs that were given, declared, or the model's own convention.

    Inputs that were guessed are no ground for a finding, nor are inputs that are made for eval: without
    the targets that train asks for, or of a batch of one that batch norm cannot train on. What ran before
    is linted, and shown by ``visunn tree``. This rule has its say whichever rules are selected, unless it is ignored.

    ## Why is this bad?
    The model does not run.

    ## Use instead
    What the message names: the module and the op that failed, the shapes that it was given, and the line.

    ## References
    - PyTorch documentation, "Meta device": shapes can be checked without data
    """

    code = "VIS213"
    name = "forward-failed"
    category = "shapes"
    severity = Severity.ERROR
    since = "0.1.0"
    scope = "model"
    bad = (
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.conv, self.fc = nn.Conv2d(3, 8, 3), nn.Linear(8, 10)

                def forward(self, x):
                    return self.fc(self.conv(x).flatten(1))
            """,
            inputs="2x3x8x8",
            at=("fc",),
        ),
        Example(
            """
            class Net(nn.Module):
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 4)

                def forward(self, x):
                    x = self.fc(x)
                    if x.shape[1] == 4:
                        raise SystemExit("not today")
                    return x
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
                    self.conv, self.fc = nn.Conv2d(3, 8, 3), nn.Linear(8 * 6 * 6, 10)

                def forward(self, x):
                    return self.fc(self.conv(x).flatten(1))
            """,
            inputs="2x3x8x8",
        ),
        Example(
            """
            class Net(nn.Module):  # the inputs suffice for eval, train wants targets
                def __init__(self):
                    super().__init__()
                    self.fc = nn.Linear(4, 4)

                def forward(self, x, targets=None):
                    if self.training and targets is None:
                        raise ValueError("targets should not be none when in training mode")
                    return self.fc(x)
            """,
            inputs="2x4",
        ),
        Example("nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4))", inputs="1x4"),
    )

    def check(self, model: CapturedModel) -> Iterator[Finding]:
        """Yield a finding for each way in which forward failed."""
        if model.inputs_are_guessed:
            return
        failures = {topology.captured.mode: topology.failure for topology in model.topologies if topology.failure}
        for topology in model.topologies:
            if topology.failure and not _wants_other_inputs(model, topology):
                only = "" if len(failures) == len(model.topologies) else f" in {topology.captured.mode} mode only"
                yield self._report(topology, topology.failure, only)

    def _report(self, topology: Topology, failure: Failure, only: str) -> Finding:
        where = f"`{failure.module}`" if failure.module else "forward"
        what = f" ({_call(failure)})" if failure.op else ""
        module = topology.modules.get(failure.module)
        place = module.source if module and module.path else None
        built = (Related(f"`{failure.module}` is built here", place, failure.module),) if place else ()
        return self.finding(
            failure.module,
            f"{where} raises {failure.error}{what}{only}: {_first_line(failure.message)}",
            location=failure.source,
            label=f"{failure.error} raised here",
            advice=_advice(failure.message),
            related=built,
        )


def _wants_other_inputs(model: CapturedModel, topology: Topology) -> bool:
    """Return whether only train failed, and for what the inputs lack: an argument that is None, a larger batch."""
    failure = topology.failure
    is_train_alone = topology is model.train and model.eval is not None and model.eval.failure is None
    return is_train_alone and failure is not None and bool(re.search(_FOR_EVAL, failure.message, re.IGNORECASE))


def _call(failure: Failure) -> str:
    """Return the op and what it was given: ``linear of 2×288, 10×8``."""
    shapes = ", ".join(map(_shape, failure.operands))
    return f"{short_op(failure.op)} of {shapes}" if shapes else short_op(failure.op)


def _shape(spec: TensorSpec) -> str:
    dims = "×".join(map(str, spec.shape)) or "a scalar"
    return dims if spec.dtype == "float32" else f"{dims} {spec.dtype}"


def _first_line(message: str) -> str:
    return next((line.strip() for line in message.splitlines() if line.strip()), "no message")


def _advice(message: str) -> str:
    for pattern, words in _ADVICE:
        match = re.search(pattern, message)
        if match:
            return words.format(*match.groups())
    return ""
