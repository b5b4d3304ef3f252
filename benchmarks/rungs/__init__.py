"""Which first rung serves best: plain meta tensors, FakeTensorMode, or the native engine's own."""
