"""Tests of shape expressions."""
