"""Tests of visunn: they mirror the package, and share the models in ``tests.models``."""
