"""Tests of what takes more than one run of a model to tell."""
