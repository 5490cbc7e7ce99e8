"""How does a result reach a reader? Documents, and the formats they are printed in."""
