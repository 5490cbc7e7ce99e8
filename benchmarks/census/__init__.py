"""What do the networks that people use read of their input? Counted, model by model."""
