"""The consumer over HTTP, one module per thing that is asked for."""
