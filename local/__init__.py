"""Everything that `make run` needs on one machine: set-up, a real broker, the programs.

What `setup` imports runs under a bare python3: the standard library and nothing else.
"""
