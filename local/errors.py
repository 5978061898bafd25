"""What can keep this machine from running Penstock; each says why in words for a person.

RuntimeError
├── SetupError    something is missing, and cannot be installed by us
├── BrokerError   Kafka ended, or did not answer in time
└── LocalError    `make run` cannot go on
"""


class SetupError(RuntimeError):
    """What this machine lacks, and what to do about it, in one line."""


class BrokerError(RuntimeError):
    """The broker ended, or did not answer in time; says why in its own last words."""


class LocalError(RuntimeError):
    """`make run` cannot go on; says why, and what to do."""
