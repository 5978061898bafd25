"""What the headers of our records mean, a sentence each."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from inference.contract import Contract, Reason


class Header(NamedTuple):
    """A header's sentence, whether it is always there, and the values it is limited to."""

    sentence: str
    always: bool = True
    choices: tuple[str, ...] = ()


Headers = Mapping[str, Header]

CLOUDEVENTS: Headers = {
    "ce_specversion": Header("The version of CloudEvents.", choices=("1.0",)),
    "ce_id": Header("Who asks again with the same id and source gets the same result id."),
    "ce_source": Header("Who asks, as a URI reference."),
    "ce_type": Header("What is asked for, and in which version."),
    "ce_time": Header(
        "When it was asked, by RFC 3339; else the record's time counts.", always=False
    ),
    "ce_traceparent": Header("The trace it belongs to (W3C), kept as it is.", always=False),
    "traceparent": Header("The trace of this hop (W3C); handed on with the result.", always=False),
    "content-type": Header("What the value is; else the bytes themselves say it.", always=False),
}
RESULT: Headers = {
    "ce_specversion": Header("The version of CloudEvents.", choices=("1.0",)),
    "ce_id": Header("The result's id: the same question always gives the same."),
    "ce_source": Header("The lane that answered: /penstock/<lane>."),
    "ce_type": Header("The kind of the result and the version of its contract."),
    "ce_time": Header("When it was answered, by RFC 3339."),
    "ce_requestid": Header("The question's ce_id, or what stands for it."),
    "ce_requestsource": Header("The question's ce_source, or what stands for it."),
    "content-type": Header("Always JSON.", choices=("application/json",)),
    "traceparent": Header("The question's, handed on.", always=False),
    "tracestate": Header("The question's, handed on.", always=False),
}
DEAD_LETTER: Headers = {
    "__dlq.errors.topic": Header("The topic on which the original was read."),
    "__dlq.errors.partition": Header("Its partition, in decimal digits."),
    "__dlq.errors.offset": Header("Its offset, in decimal digits."),
    "__dlq.errors.group": Header("The consumer group that read it."),
    "__dlq.errors.delivery.count": Header("How often it was tried, in decimal digits."),
    "__dlq.errors.message": Header("Why it has no answer; never quotes the original."),
    "dlq.reason": Header("The kind of failure.", choices=tuple(map(str, Reason))),
    "dlq.stage": Header("Where on its way it failed."),
    "dlq.detail": Header("The same as __dlq.errors.message."),
    "dlq.attempts": Header("The same as __dlq.errors.delivery.count."),
    "dlq.lane": Header("The lane whose question it was."),
    "dlq.id": Header("The question's ce_id, or what stands for it."),
    "dlq.source": Header("The question's ce_source, or what stands for it."),
    "dlq.time": Header("When it was dead-lettered, by RFC 3339."),
    "dlq.replays": Header(
        "How often it was put back on its topic, in decimal digits.", always=False
    ),
    "dlq.ref": Header(
        "Where the original lies, and its SHA-256, when it was too large for this topic; "
        "the value is then null and the original's headers are left out.",
        always=False,
    ),
}


def schema(title: str, headers: Headers) -> dict[str, Any]:
    """A JSON schema of such headers; all of them are UTF-8 text."""
    return {
        "title": title,
        "type": "object",
        "properties": {name: _property(header) for name, header in headers.items()},
        "required": [name for name, header in headers.items() if header.always],
    }


def asked(contract: Contract[Any, Any]) -> dict[str, Any]:
    """Those of a question: none has to be there, but with one of ce_* come the four."""
    own = {
        "ce_type": CLOUDEVENTS["ce_type"]._replace(choices=(contract.request_type,)),
        "content-type": CLOUDEVENTS["content-type"]._replace(choices=contract.content_types),
    }
    return schema(f"Headers of a question to {contract.lane}", {**CLOUDEVENTS, **own})


def _property(header: Header) -> dict[str, Any]:
    choices = {"enum": list(header.choices)} if header.choices else {}
    return {"type": "string", "description": header.sentence, **choices}
