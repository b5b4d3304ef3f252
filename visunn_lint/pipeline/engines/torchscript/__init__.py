"""The way of the old Visunn: torch's own ``torch.utils.tensorboard._pytorch_graph.graph``.

Kept for parity and as the benchmark's opponent: torch deprecates it, it runs the model for real
(three times, as it checks what it traced), and it takes neither keyword arguments, nor modules in
plain lists, nor dicts of several kinds.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from msgspec import structs

from visunn_lint.pipeline.encoding import encoded
from visunn_lint.pipeline.engines.native.observer import CallLog
from visunn_lint.pipeline.engines.native.run import named_inputs
from visunn_lint.pipeline.engines.native.survey import survey
from visunn_lint.pipeline.engines.native.table import modules
from visunn_lint.pipeline.engines.native.wrapping import without_compiler
from visunn_lint.pipeline.engines.torchscript.nodes import NodeBuilder
from visunn_lint.pipeline.engines.torchscript.slots import module_calls
from visunn_lint.pipeline.engines.torchscript.statements import read
from visunn_lint.pipeline.engines.torchscript.tracing import traced
from visunn_lint.pipeline.graph import Capture, Graph, ModuleTable
from visunn_lint.pipeline.prune_nodes import prune_nodes
from visunn_lint.records import Captured

if TYPE_CHECKING:
    from visunn_lint.pipeline.engines.engine import Request


class TorchScriptEngine:
    """Captures what TorchScript traces."""

    name = "torchscript"

    def capture(self, request: Request) -> Capture:
        """Return graph and module table; raises VisunnError for what torch cannot trace, a forward that raises too."""
        model = without_compiler(request.model)
        name = type(model).__name__
        records = modules(survey(model), CallLog(), request.sources)
        labels = [label for label, _ in named_inputs(model, request.args, dict(request.kwargs))]
        builder = NodeBuilder(name, read(traced(request)), records)
        nodes = builder.build(labels)
        table = ModuleTable(name, records, Captured(self.name, "real", request.mode, "torch's tracer runs the model"))
        calls = module_calls(prune_nodes(Graph(nodes, table)).nodes, builder.parents)
        inputs = calls[""][0].inputs
        return Capture(
            encoded(nodes),
            replace(
                table,
                modules=tuple(structs.replace(record, calls=calls[record.path]) for record in records),
                captured=replace(table.captured, inputs=inputs),
            ),
        )


ENGINE = TorchScriptEngine()
