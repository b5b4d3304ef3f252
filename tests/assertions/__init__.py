"""Tests of what a Topology can be asserted to be."""
