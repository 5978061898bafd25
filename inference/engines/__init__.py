"""What computes: each module is the only one that knows its library."""
