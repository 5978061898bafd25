"""The HTTP side of inference."""
