"""What a test states of a Topology, as functions that are its methods.

Each assertion fails with an AssertionError that tells what stands where, and has a twin that returns data.
Snapshots of whole topologies are not here: they compare two of them.
"""

from visunn_lint.assertions.budget import assert_budget, depth
from visunn_lint.assertions.chains import assert_chain, chains
from visunn_lint.assertions.counting import assert_calls, assert_count, assert_no, count
from visunn_lint.assertions.reaching import assert_independent, assert_reaches, paths
from visunn_lint.shapes import assert_shapes

__all__ = [
    "assert_budget",
    "assert_calls",
    "assert_chain",
    "assert_count",
    "assert_independent",
    "assert_no",
    "assert_reaches",
    "assert_shapes",
    "chains",
    "count",
    "depth",
    "paths",
]
