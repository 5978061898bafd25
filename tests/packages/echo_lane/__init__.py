"""A lane from somebody else's package, found by its entry point: it gives back what it gets.

Some words make it misbehave, so that tests can see what then happens: `!die` ends the process,
`!hang` and `!block` never return (the latter keeps the loop from turning), `!fail` raises, `!flaky`
raises until it is tried again, `!slow 0.1` takes its time, `!refuse` is an input at fault.
"""
