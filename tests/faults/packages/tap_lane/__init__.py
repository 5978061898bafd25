"""A lane that can be shut off from outside: while the file TAP_SHUT exists, nobody can answer.

Where it says `for good`, the process cannot go on either.
"""
