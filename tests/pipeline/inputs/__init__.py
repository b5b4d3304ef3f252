"""Tests of the pipeline's inputs."""
