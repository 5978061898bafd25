"""What in a new schema would break somebody who reads by the old one."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]
# What says of which kind a value is; sentences, bounds and examples may change.
KIND = ("type", "format", "const", "enum")


def breaks(old: str, new: str) -> list[str]:
    """A phrase for each field that is gone, of another kind, or no longer sure to be there."""
    before, after = _fields(json.loads(old)), _fields(json.loads(new))
    changes = []
    for path, (kind, certain) in before.items():
        if path not in after:
            changes.append(f"{path} is gone")
            continue
        kind_now, certain_now = after[path]
        if not _still(kind, kind_now):
            changes.append(f"{path} is of another kind")
        if certain and not certain_now:
            changes.append(f"{path} may be missing")
    return changes


def _fields(schema: Schema) -> dict[str, tuple[Schema, bool]]:
    """Every field by its path, with what kind it is of and whether it is always there."""
    return dict(_walk(schema, schema, "$", ()))


def _walk(
    root: Schema, schema: Schema, path: str, inside: tuple[str, ...]
) -> Iterator[tuple[str, tuple[Schema, bool]]]:
    for name, child, certain in _children(schema):
        reference = child.get("$ref")
        if reference in inside:
            continue
        named = root["$defs"][reference.removeprefix("#/$defs/")] if reference else child
        yield f"{path}{name}", (_kind(named), certain)
        yield from _walk(
            root, named, f"{path}{name}", (*inside, reference) if reference else inside
        )


def _kind(schema: Schema) -> Schema:
    choices = [choice.get("type", choice.get("$ref")) for choice in schema.get("anyOf", ())]
    return {word: schema[word] for word in KIND if word in schema} | {"anyOf": choices}


def _children(schema: Schema) -> Iterator[tuple[str, Schema, bool]]:
    required = schema.get("required", ())
    for name, child in schema.get("properties", {}).items():
        yield f".{name}", child, name in required
    for place in ("items", "additionalProperties"):
        if isinstance(schema.get(place), Mapping):
            yield f"[{place}]", schema[place], False
    for choice in schema.get("anyOf", ()):
        yield f"|{choice.get('type', choice.get('$ref'))}", choice, False


def _still(before: Schema, now: Schema) -> bool:
    """The same kind; a list of choices may grow, since readers must let unknown ones pass."""
    one, other = dict(before), dict(now)
    choices = set(map(str, one.pop("enum", ())))
    return one == {k: v for k, v in other.items() if k != "enum"} and choices <= set(
        map(str, other.get("enum", choices))
    )
