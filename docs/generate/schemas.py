"""JSON schemas: of results and the headers around them, of reports, commands and bursts."""

import json
from collections.abc import Mapping
from typing import Any

from docs.generate import headers
from docs.generate.lanes import contracts
from inference.contract import Contract, Document, Result
from inference.control import Command, Status
from inference.figures import Burst

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def documents() -> dict[str, str]:
    """By their paths under docs/."""
    results = {path(contract): result(contract) for contract in contracts()}
    return {
        name: json.dumps({"$schema": DIALECT, **schema}, indent=2, ensure_ascii=False) + "\n"
        for name, schema in {
            **results,
            "schemas/result-headers.json": headers.schema("Headers of a result", headers.RESULT),
            "schemas/dead-letter-headers.json": headers.schema(
                "Headers of a dead letter, beside those of the original", headers.DEAD_LETTER
            ),
            "schemas/status.json": of(Status, "Report of one lane in one process"),
            "schemas/command.json": of(Command, "Command to all processes"),
            "schemas/burst.json": of(Burst, "A key that is mentioned far more than it was"),
        }.items()
    }


def of(document: type[Document], title: str) -> Mapping[str, Any]:
    """What a reader finds as the value of a record."""
    return {**document.model_json_schema(mode="serialization"), "title": title}


def path(contract: Contract[Any, Any]) -> str:
    """A new version of a contract gets a file of its own."""
    return f"schemas/{contract.lane}.v{contract.version}.json"


def result(contract: Contract[Any, Any]) -> Mapping[str, Any]:
    """What a reader finds as the value of a record, and nothing about how we read it back."""
    schema = Result[contract.answer].model_json_schema(mode="serialization")  # type: ignore[name-defined] # a type only at run time
    return {**schema, "title": f"Result of {contract.lane}, version {contract.version}"}
