"""Tests of the way from a target to its topology."""
