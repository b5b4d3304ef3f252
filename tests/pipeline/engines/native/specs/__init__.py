"""Tests of the specs that are told without running an op."""
