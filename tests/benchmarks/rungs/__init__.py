"""Tests of the comparison of first rungs."""
