"""Tests of the rules; their examples are run by ``test_examples``."""
