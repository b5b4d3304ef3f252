"""visunn in test runs: the fixture, the tests that ``pytest --visunn`` makes, and how failures read.

The hooks themselves are in ``visunn_lint.plugin``, which imports a file of this package when a test needs it.
"""
