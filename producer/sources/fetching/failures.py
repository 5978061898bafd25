"""Why a document could not be had. Each says in one sentence what happened.

PenstockError
 +-- Unread         the document could not be had, or makes no sense
      +-- HostFailed  so would any other of that host, for a while
"""

from inference.errors import PenstockError
from producer.metrics import Fetch


class Unread(PenstockError):
    """The message is a sentence for the operator; it quotes neither the document nor a secret."""

    def __init__(self, outcome: Fetch, sentence: str) -> None:
        super().__init__(sentence)
        self.outcome = outcome


class HostFailed(Unread):
    """Asking again soon would be rude; `after` is how many seconds the host itself has named."""

    def __init__(self, outcome: Fetch, sentence: str, after: float | None = None) -> None:
        super().__init__(outcome, sentence)
        self.after = after
