"""How long captures take, beside other ways to see a model's graph; ``python -m benchmarks.capture --help``."""
