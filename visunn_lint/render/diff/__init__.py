"""The formats that a comparison of two models is written in, one file each."""
