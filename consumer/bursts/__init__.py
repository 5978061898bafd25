"""Finds keys that are mentioned far more than they were, and tells it once.

changes.py (which buckets changed) -> looking.py (counts out of the store) -> rise.py (is it one?)
-> store/bursts.py (noted once) -> telling.py (published) -- all of it driven by lookout.py
"""
