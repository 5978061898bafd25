"""How often, how much at once, how much a day: all that a call must fit into, asked in one step.

ceilings    what may be used; a Need goes in, a Verdict comes out, a Bill settles it
here        the account of one process
shared      the account of all replicas, kept in Redis by take.lua and settle.lua
together    the shared one, and while Redis is away this process's share of it
admission   waits for its turn, never beyond a deadline

Each minute's limit is spread evenly over the minute (a bucket that leaks, with one second's worth
at once), so that no minute, wherever it begins, sees more. Who must wait is told how long, and has
its place from then on. What a day may cost is reserved before a call and settled after it.
"""
