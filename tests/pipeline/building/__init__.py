"""Tests of the pipeline's building."""
