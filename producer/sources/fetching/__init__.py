"""Documents from strangers' servers, within limits of place, size and time."""
