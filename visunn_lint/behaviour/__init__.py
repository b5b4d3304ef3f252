"""What takes a model and more than one run of it to tell, with no data but made-up inputs.

These are functions of a model and not methods of a Topology, which holds no model and cannot run one again. In
tests they are methods of the fixture ``visunn``. The model is left as it was found: what runs is a copy.
"""

from visunn_lint.behaviour.batch import assert_batch_independent_shapes
from visunn_lint.behaviour.causality import assert_causal
from visunn_lint.behaviour.gradients import assert_gradients_reach
from visunn_lint.behaviour.modes import assert_train_eval_same

__all__ = ["assert_batch_independent_shapes", "assert_causal", "assert_gradients_reach", "assert_train_eval_same"]
