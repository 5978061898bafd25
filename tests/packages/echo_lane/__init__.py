"""A lane from somebody else's package, found through its entry point: it gives back what it gets.

Some words make it misbehave, so that tests can see what then happens: `die` ends the process, `hang`
never returns, `fail` raises, `flaky` raises until it is tried again, `refuse` is an input at fault.
"""
