"""Chat completions, as OpenAI and all that are compatible speak them, answered with a document."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, NamedTuple, TypedDict, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from inference import metrics
from inference.engines.external_ai import documents
from inference.engines.external_ai.caller import Answer, Caller, Errand
from inference.engines.external_ai.dialect import Dialect, Form, Schema
from inference.engines.external_ai.documents import Shapeless
from inference.engines.external_ai.faults import Outcome, Passing, Unfit
from inference.engines.external_ai.prices import Tokens

Gain = TypeVar("Gain")

_PATH = "/chat/completions"
# So much of an answer of another shape is shown to its model again: the rest would cost as much.
_SHOWN = 8000


class Message(TypedDict):
    """One turn of the talk."""

    role: str
    content: str


class Ask(NamedTuple, Generic[Gain]):
    """What is asked, how long the answer may be, and what makes a document of it.

    `read` raises `Shapeless`, in words that may be told to the model, where it cannot.
    """

    messages: Sequence[Message]
    schema: Schema
    output: int
    read: Callable[[object], Gain]


class Completion(NamedTuple, Generic[Gain]):
    """A document, who wrote it, what it took, and whether it had to be asked for again."""

    document: Gain
    model: str
    tokens: Tokens | None
    cost: float | None
    repaired: bool


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)


class _Said(_Part):
    content: str | None = None
    refusal: str | None = None


class _Choice(_Part):
    message: _Said
    finish_reason: str | None = None


class _Completed(_Part):
    choices: list[_Choice]
    model: str = ""


class Chat:
    """One model on one server."""

    def __init__(self, caller: Caller, model: str, dialect: Dialect) -> None:
        self._caller, self._model, self._dialect = caller, model, dialect

    @property
    def trouble(self) -> str | None:
        """Why nobody is called at this moment, unless somebody is."""
        return self._caller.trouble

    async def complete(self, ask: Ask[Gain], deadline: float) -> Completion[Gain]:
        """The document; one that is cut off or of another shape is asked for once more."""
        try:
            answer = await self._answered(ask, deadline)
        except Unfit as fault:
            if fault.outcome is not Outcome.CUT:
                raise
            answer, repaired = await self._answered(_longer(ask), deadline), True
        else:
            repaired = False
        try:
            return _completion(ask, [answer], repaired=repaired)
        except Shapeless as problem:
            if repaired:
                raise self._shapeless(problem) from problem
            again = await self._answered(_repaired(ask, answer, problem), deadline)
        try:
            return _completion(ask, [answer, again], repaired=True)
        except Shapeless as problem:
            raise self._shapeless(problem) from problem

    def _shapeless(self, problem: Shapeless) -> Unfit:
        metrics.AI_CALLS.labels(self._caller.provider.name, Outcome.SHAPELESS).inc()
        return Unfit(Outcome.SHAPELESS, f"the model's answer has another shape: {problem}")

    async def _answered(self, ask: Ask[Gain], deadline: float) -> Answer[_Completed]:
        """In the best form that the server understands."""
        while True:
            form = self._dialect.form
            try:
                async with self._dialect.tried() as form:
                    return await self._caller.call(self._errand(ask, form), deadline)
            except Unfit as fault:
                if not self._dialect.learn(form, fault):
                    raise

    def _errand(self, ask: Ask[Gain], form: Form) -> Errand[_Completed]:
        document = {"model": self._model, "messages": list(ask.messages)}
        document |= form.fields(ask.schema, ask.output)
        return Errand(_PATH, document, ask.output, _usage, _read)


def _longer(ask: Ask[Gain]) -> Ask[Gain]:
    return ask._replace(output=2 * ask.output)


def _repaired(ask: Ask[Gain], answer: Answer[_Completed], problem: Shapeless) -> Ask[Gain]:
    """The talk so far, and what was wrong; what the model wrote stays its own."""
    wrong = f"That was not the document that was asked for: {problem}. Give only the JSON object."
    talk: list[Message] = [
        *ask.messages,
        {"role": "assistant", "content": _text(answer)[:_SHOWN]},
        {"role": "system", "content": wrong},
    ]
    return ask._replace(messages=talk)


def _completion(
    ask: Ask[Gain], answers: Sequence[Answer[_Completed]], *, repaired: bool
) -> Completion[Gain]:
    document = ask.read(documents.found(_text(answers[-1])))
    tokens = [answer.tokens for answer in answers if answer.tokens is not None]
    costs = [answer.cost for answer in answers if answer.cost is not None]
    return Completion(
        document,
        answers[-1].said.model,
        Tokens(sum(t.input for t in tokens), sum(t.output for t in tokens)) if tokens else None,
        sum(costs) if costs else None,
        repaired,
    )


def _text(answer: Answer[_Completed]) -> str:
    return answer.said.choices[0].message.content or ""


def _usage(document: Any) -> Tokens | None:  # noqa: ANN401 - JSON that a stranger sent
    """What the server says it took, if it says so in whole numbers."""
    used = document.get("usage") if isinstance(document, dict) else None
    if not isinstance(used, dict):
        return None
    counts = [used.get(kind) for kind in ("prompt_tokens", "completion_tokens")]
    known = [count for count in counts if type(count) is int and count >= 0]
    return Tokens(*known) if len(known) == len(counts) else None


def _read(document: Any) -> _Completed:  # noqa: ANN401 - likewise
    """Raises where there is nothing to read, or where the model, or a filter, did not want to."""
    try:
        completed = _Completed.model_validate(document)
        choice = completed.choices[0]
    except (ValidationError, IndexError) as error:
        message = "what the provider answered is no chat completion"
        raise Passing(Outcome.BROKEN, message) from error
    if choice.message.refusal:
        message = "the model refuses"
        raise Unfit(Outcome.REFUSED, message)
    if choice.finish_reason == "content_filter":
        message = "the provider's filter has stopped the answer"
        raise Unfit(Outcome.FILTERED, message)
    if choice.finish_reason == "length":
        message = "the answer is longer than allowed"
        raise Unfit(Outcome.CUT, message)
    return completed
