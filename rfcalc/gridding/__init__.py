"""Does a network grid, where, and how badly? Stages, lattices, measures and findings."""
