"""Tests of visunn in test runs, each in a test run of its own."""
