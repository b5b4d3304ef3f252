"""How large a model may be."""

from tests.assertions.failing import failure
from visunn_lint import Topology


def test_what_fits_passes(topology: Topology) -> None:
    """A budget is the most that is allowed, and what is not given is not asked for."""
    size, flops = topology.parameter_count, topology.flops
    topology.assert_budget(params=size, trainable_params=size, flops=flops, activation_bytes=1e9, depth=3)
    topology.assert_budget()


def test_what_is_over_names_the_largest(topology: Topology) -> None:
    """Every budget that is exceeded is told at once, with the modules that take most of it."""
    assert failure(lambda: topology.assert_budget(params=1000, flops=1e5, activation_bytes=1, depth=2)) == (
        "Net is over budget\n"
        "    2,736 parameters, 1,000 allowed, 2.74 × the budget\n"
        "        largest: layer1.0.conv1 576, layer1.0.conv2 576, layer1.1.conv1 576\n"
        "    645,536 FLOPs, 100,000 allowed, 6.46 × the budget\n"
        "        largest: layer1.0.conv1 147,456, layer1.0.conv2 147,456, layer1.1.conv1 147,456\n"
        "    73,936 bytes of activations, 1 allowed, 73936.00 × the budget\n"
        "    modules are nested 3 deep, 2 allowed: `layer1.0.conv1`"
    )
