"""Models from files: imported and built on meta tensors, on any machine, leaving the process as it was."""
