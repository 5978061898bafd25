"""Answers given before: looked up in memory, on disk and in Redis before anything is computed."""
