"""Tests of the document."""
