"""An AsyncAPI document of all topics: from the contracts, and from the plan that creates topics."""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from docs.generate import attending, headers, schemas
from docs.generate.lanes import contracts
from docs.generate.rising import rising
from inference.contract import Contract
from inference.kafka import Topics
from inference.stream.control import topics as control_topics
from inference.stream.topics import TopicPlan, plan

Node = dict[str, Any]
Contracts = Sequence[Contract[Any, Any]]
BINDING = "0.5.0"
ROOT = Path(__file__).parents[2]
KEY = "Orders records: those with the same key are answered in the order in which they came."
ABOUT = """\
Values go in on the topic of a lane, results and dead letters of all lanes come out on two.
Delivery is at least once; a result's id is a function of the question, so that storing by id
makes it once. Records without any ce_* header are taken too: then the record's own place and
time stand for them. Structured CloudEvents (content-type application/cloudevents+json) also are.
"""


def document() -> str:
    """The whole document as YAML."""
    found, topics = contracts(), Topics.model_construct()
    every = [*plan(found, topics), *control_topics.plan(topics)]
    plans = {planned.name: planned for planned in every}
    body = {
        "asyncapi": "3.0.0",
        "info": _info(),
        "defaultContentType": "application/json",
        "servers": {
            "broker": {
                "host": "127.0.0.1:9092",
                "protocol": "kafka",
                "description": "KAFKA_BOOTSTRAP_SERVERS; TLS and SASL are settings too.",
            }
        },
        "channels": _channels(found, topics, plans),
        "operations": _operations(found),
        "components": {"messages": _messages(found)},
    }
    return yaml.safe_dump(body, sort_keys=False, allow_unicode=True, width=100)


def _info() -> Node:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return {
        "title": "Penstock",
        "version": project["version"],
        "description": " ".join(ABOUT.split()),
        "license": {"name": project["license"]},
    }


def _channels(found: Contracts, topics: Topics, plans: Mapping[str, TopicPlan]) -> Node:
    asked = {
        f"{_camel(c.lane)}Requests": _channel(
            plans[topics.requests(c.lane)],
            f"Questions to {c.lane}.",
            [f"{_camel(c.lane)}Requested"],
        )
        for c in found
    }
    answered = [f"{_camel(c.lane)}Answered" for c in found]
    return {
        **asked,
        **{
            it.channel: _channel(plans[it.topic(topics)], it.sentence, [it.message])
            for it in rising(found, _camel)
        },
        "results": _channel(plans[topics.results_topic], "Results of all lanes.", answered),
        "deadLetters": _channel(
            plans[topics.dead_letters_topic], "Questions without an answer.", ["deadLetter"]
        ),
        "status": _channel(plans[topics.status_topic], attending.STATUS, ["status"]),
        "control": _channel(plans[topics.control_topic], attending.CONTROL, ["command"]),
    }


def _channel(planned: TopicPlan, sentence: str, messages: Sequence[str]) -> Node:
    config = {
        "cleanup.policy": planned.config["cleanup.policy"].split(","),
        "retention.ms": int(planned.config["retention.ms"]),
        "max.message.bytes": planned.max_bytes,
    }
    kafka = {
        "topic": planned.name,
        "partitions": planned.partitions,
        "replicas": planned.replication,
        "topicConfiguration": config,
        "bindingVersion": BINDING,
    }
    return {
        "address": planned.name,
        "description": sentence,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
        "bindings": {"kafka": kafka},
    }


def _operations(found: Contracts) -> Node:
    answered = [f"{_camel(c.lane)}Answered" for c in found]
    return {
        **{f"answer{_camel(c.lane)[0].upper()}{_camel(c.lane)[1:]}": _answering(c) for c in found},
        "sendResults": _operation("send", "results", answered),
        **{
            f"send{it.channel[0].upper()}{it.channel[1:]}": _operation(
                "send", it.channel, [it.message]
            )
            for it in rising(found, _camel)
        },
        "sendDeadLetters": _operation("send", "deadLetters", ["deadLetter"]),
        "report": _operation("send", "status", ["status"]),
        "obey": _operation("receive", "control", ["command"]),
    }


def _answering(contract: Contract[Any, Any]) -> Node:
    name = _camel(contract.lane)
    group = {"type": "string", "enum": [f"penstock.{contract.lane}"]}
    return {
        **_operation("receive", f"{name}Requests", [f"{name}Requested"]),
        "reply": _place("results", [f"{name}Answered"]),
        "bindings": {"kafka": {"groupId": group, "bindingVersion": BINDING}},
    }


def _operation(action: str, channel: str, messages: Sequence[str]) -> Node:
    return {"action": action, **_place(channel, messages)}


def _place(channel: str, messages: Sequence[str]) -> Node:
    at = f"#/channels/{channel}"
    return {
        "channel": {"$ref": at},
        "messages": [{"$ref": f"{at}/messages/{name}"} for name in messages],
    }


def _messages(found: Contracts) -> Node:
    asked = {f"{_camel(c.lane)}Requested": _question(c) for c in found}
    answered = {f"{_camel(c.lane)}Answered": _answer(c) for c in found}
    told = {it.message: it.described(_key) for it in rising(found, _camel)}
    return {**asked, **answered, **told, "deadLetter": _dead_letter(), **attending.messages(_key)}


def _question(contract: Contract[Any, Any]) -> Node:
    types = ", ".join(contract.content_types)
    payload = {
        "type": "string",
        "format": "binary",
        "maxLength": contract.max_bytes,
        "description": f"The bytes themselves: {types}.",
    }
    return {
        "name": contract.request_type,
        "title": f"A question to {contract.lane}",
        "contentType": contract.content_types[0],
        "headers": headers.asked(contract),
        "payload": payload,
        "bindings": _key(KEY),
    }


def _answer(contract: Contract[Any, Any]) -> Node:
    return {
        "name": contract.result_type,
        "title": f"A result of {contract.lane}",
        "contentType": "application/json",
        "correlationId": {"location": "$message.header#/ce_requestid"},
        "headers": {"$ref": "./schemas/result-headers.json"},
        "payload": {"$ref": f"./{schemas.path(contract)}"},
        "bindings": _key("The question's key."),
    }


def _dead_letter() -> Node:
    return {
        "name": "deadLetter",
        "title": "A question without an answer",
        "summary": "The original's key, value and headers byte for byte, and why it is here.",
        "contentType": "application/octet-stream",
        "headers": {"$ref": "./schemas/dead-letter-headers.json"},
        "payload": {"type": ["string", "null"], "format": "binary"},
        "bindings": _key("The question's key."),
    }


def _key(sentence: str) -> Node:
    key = {"type": "string", "description": sentence}
    return {"kafka": {"key": key, "bindingVersion": BINDING}}


def _camel(lane: str) -> str:
    first, *others = lane.split("-")
    return first + "".join(word.capitalize() for word in others)
