"""The echo lane with faults: a share of its model runs fails, and succeeds when repeated.

A lane and no patch of one, so that the child process for suspected records opens it by its name and
has the same faults.
"""
