"""Tests of the benchmark of whole processes."""
