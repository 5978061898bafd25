"""Takes any text, gives it back."""

from inference.contract import Content, Contract, Document, Reason, Rejection


class Echo(Document):
    """What was said."""

    text: str


def read(content: Content) -> str | Rejection:
    """The text in a value."""
    try:
        return content.data.decode()
    except UnicodeDecodeError:
        return Rejection(Reason.MALFORMED, "read", "the value is not UTF-8 text")


CONTRACT = Contract(
    lane="echo", answer=Echo, read=read, content_types=("text/plain",), max_bytes=1_000_000
)
