"""Verbs for whoever brings a model: what it is taken for, and whether it works."""
