"""`python -m inference doctor`: looks at all that a lane needs, and says what is not well."""
