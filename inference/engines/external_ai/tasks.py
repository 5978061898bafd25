"""Hugging Face's tasks: what is sent for each, and what comes back in its several forms."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from inference.engines.external_ai.caller import Answer, Caller, Errand
from inference.engines.external_ai.faults import Outcome, Passing
from inference.engines.external_ai.prices import Tokens

Gain = TypeVar("Gain")

_MOST_LABELS = 20


class Label(BaseModel):
    """A class, and how probable it is."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    label: str = Field(max_length=200)
    score: float = Field(ge=0, le=1.000001, allow_inf_nan=False)


class _Zero(BaseModel):
    """The older answer to a zero-shot classification."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    labels: list[str]
    scores: list[float]


class _Summary(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    summary_text: str


_LABELS = TypeAdapter(list[Label])
_SUMMARIES = TypeAdapter(Annotated[list[_Summary], Field(min_length=1)])


class Model:
    """One model for one task; its caller is its own, and rests where it is not served."""

    def __init__(self, caller: Caller, name: str) -> None:
        self.name, self._caller = name, caller

    @property
    def trouble(self) -> str | None:
        """Why it is not asked at this moment, unless it is."""
        return self._caller.trouble

    async def classified(self, text: str, deadline: float) -> Answer[Sequence[Label]]:
        """The probabilities of the model's own labels, or of as many as it tells."""
        return await self._asked(text, {"top_k": _MOST_LABELS}, _labels, deadline)

    async def sorted(
        self, text: str, labels: Sequence[str], deadline: float
    ) -> Answer[Sequence[Label]]:
        """The probabilities of these labels."""
        return await self._asked(text, {"candidate_labels": list(labels)}, _labels, deadline)

    async def summarised(self, text: str, deadline: float) -> Answer[str]:
        """The text in short."""
        return await self._asked(text, {"truncation": "longest_first"}, _summary, deadline)

    async def _asked(
        self, text: str, parameters: dict[str, Any], read: Callable[[Any], Gain], deadline: float
    ) -> Answer[Gain]:
        document = {"inputs": text, "parameters": parameters}
        return await self._caller.call(
            Errand(f"/{self.name}", document, 0, _no_tokens, read), deadline
        )


def _no_tokens(_: object) -> Tokens:
    """What is paid for here is time; a price per call comes closest."""
    return Tokens(0, 0)


def _labels(document: object) -> Sequence[Label]:
    """`[{label, score}]`, the same in one more list, or the older `{labels, scores}`."""
    nested = isinstance(document, list) and document and isinstance(document[0], list)
    try:
        if isinstance(document, dict):
            older = _Zero.model_validate(document)
            pairs = zip(older.labels, older.scores, strict=True)
            document = [{"label": label, "score": score} for label, score in pairs]
        found = _LABELS.validate_python(document[0] if nested else document)  # type: ignore[index]  # nested says that it is a list
    except ValueError as error:
        raise _unread() from error
    if not found:
        raise _unread()
    return sorted(found, key=lambda label: -label.score)


def _summary(document: object) -> str:
    try:
        found = _SUMMARIES.validate_python([document] if isinstance(document, dict) else document)
    except ValueError as error:
        raise _unread() from error
    return found[0].summary_text


def _unread() -> Passing:
    return Passing(Outcome.BROKEN, "what the provider answered is not of its task's form")
