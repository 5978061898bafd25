"""Finds the JSON in what a model wrote, whatever it wrote around it."""

import json
import re

# What ends a model's thoughts; some servers leave out what begins them.
_THOUGHT = "</think>"
# So many beginnings are tried: a text full of braces is no document.
_MOST = 20


class Shapeless(ValueError):
    """What is wrong with it, in words that may be told to the model; never quotes it."""


def found(text: str) -> object:
    """The first object in the text; raises `Shapeless` where there is none."""
    text = text.rpartition(_THOUGHT)[2]
    decoder = json.JSONDecoder()
    starts = [match.start() for match in re.finditer(r"\{", text)][:_MOST]
    for start in starts:
        try:
            return decoder.raw_decode(text, start)[0]
        except (ValueError, RecursionError):
            continue
    message = "it ends before the object is complete" if starts else "it has no JSON object"
    raise Shapeless(message)
