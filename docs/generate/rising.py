"""Bursts in the AsyncAPI document: a channel and a message for each lane that looks for them."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from inference import lanes
from inference.contract import Contract
from inference.figures import Rule
from inference.kafka import Topics

Node = dict[str, Any]


class Rising:
    """A lane's bursts; names are those of the lane in the document."""

    def __init__(self, contract: Contract[Any, Any], rule: Rule, name: str) -> None:
        self.lane, self.rule = contract.lane, rule
        self.channel, self.message = f"{name}Bursts", f"{name}Burst"
        self.sentence = f"Bursts of {contract.lane}: a {rule.figure} that rises, each once."

    def topic(self, topics: Topics) -> str:
        """Where they go."""
        return topics.bursts(self.lane, self.rule.topic)

    def described(self, key: Callable[[str], Node]) -> Node:
        """The message."""
        return {
            "name": f"penstock.{self.lane}.burst.v1",
            "title": f"A burst of {self.lane}",
            "summary": "Published by the consumer; after a crash perhaps twice, with the same id.",
            "contentType": "application/json",
            "payload": {"$ref": "./schemas/burst.json"},
            "bindings": key(f"The {self.rule.figure}."),
        }


def rising(
    contracts: Sequence[Contract[Any, Any]], camel: Callable[[str], str]
) -> Iterator[Rising]:
    """Those of every lane that looks for bursts."""
    for contract in contracts:
        figures = lanes.figures(contract.lane)
        if figures and figures.bursts:
            yield Rising(contract, figures.bursts, camel(contract.lane))
