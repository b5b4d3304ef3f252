"""Tests of the precision benchmark."""
