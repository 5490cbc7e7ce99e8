"""Is the analysis true of the network when it is run? Masks and counts against NumPy or PyTorch."""
