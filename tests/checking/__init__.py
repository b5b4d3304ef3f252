"""Tests of checking: rules that are made up here, over topologies that are made by hand."""
