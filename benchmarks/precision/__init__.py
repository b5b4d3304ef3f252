"""Precision: what the rules say of models that people have; ``python -m benchmarks.precision --help``."""
