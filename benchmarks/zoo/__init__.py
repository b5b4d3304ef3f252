"""The zoo: how capture and inference fare on the models that people have; ``python -m benchmarks.zoo --help``."""
