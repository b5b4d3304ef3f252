"""Questions that take a real run of a model: a copy of it runs, on its own weights."""
