"""Writes down what the code itself says: schemas, AsyncAPI, settings and metrics."""
