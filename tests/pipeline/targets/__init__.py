"""Tests of the pipeline's targets."""
