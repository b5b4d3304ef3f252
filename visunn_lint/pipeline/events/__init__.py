"""Event logs: TensorBoard's files, in which a graph and the scalars of a training run lie side by side.

What this package writes TensorBoard shows, and what a ``SummaryWriter`` wrote is read here. It needs no torch.
"""

from visunn_lint.pipeline.events.reading import topology_of
from visunn_lint.pipeline.events.writing import LogWriter, as_bytes, write
from visunn_lint.pipeline.targets.logs import find_log, logs_in, run_folder

__all__ = ["LogWriter", "as_bytes", "find_log", "logs_in", "run_folder", "topology_of", "write"]
