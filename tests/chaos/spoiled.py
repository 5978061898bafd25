"""Every way to break the promise, done to a history that keeps it."""

from collections.abc import Callable
from dataclasses import replace

from histories import DEAD_LETTERS, PARTITIONS
from hypothesis import assume
from hypothesis import strategies as st

from benchmarks.chaos.checker import ANSWERED, Answer, Asked, Breach, History, Place, Sighting

Spoil = Callable[[st.DataObject, History], History]


def some(data: st.DataObject, history: History) -> Asked:
    return data.draw(st.sampled_from(history.asked))


def changed(change: Callable[[Answer], Answer]) -> Spoil:
    """One answer, be it a duplicate, says something else."""

    def change_one(data: st.DataObject, history: History) -> History:
        at = data.draw(st.integers(0, len(history.answers) - 1))
        answers = list(history.answers)
        answers[at] = change(answers[at])
        return replace(history, answers=answers)

    return change_one


def lose(data: st.DataObject, history: History) -> History:
    lost = some(data, history).identity
    return replace(history, answers=[a for a in history.answers if a.question != lost])


def add(history: History, answer: Answer) -> History:
    """At the end of its topic's partition."""
    there = [a.place for a in history.answers if a.topic == answer.topic]
    offset = max((p.offset for p in there), default=0) + 1
    placed = answer._replace(place=Place(answer.place.partition, offset))
    return replace(history, answers=[*history.answers, placed])


def answer_twice(data: st.DataObject, history: History) -> History:
    first = history.first[some(data, history).identity][0]
    return add(history, first._replace(id="another"))


def dead_letter_too(data: st.DataObject, history: History) -> History:
    answered = [asked for asked in history.asked if asked.outcome == ANSWERED]
    assume(answered)
    first = history.first[data.draw(st.sampled_from(answered)).identity][0]
    partition = first.asked_at.partition % PARTITIONS[DEAD_LETTERS]
    letter = first._replace(topic=DEAD_LETTERS, place=Place(partition, 0), outcome="poison")
    return add(history, letter)


def stray(data: st.DataObject, history: History) -> History:
    at = data.draw(st.integers(0, len(history.answers) - 1))
    answer = history.answers[at]
    elsewhere = (answer.place.partition + 1) % PARTITIONS[answer.topic]
    return add(history, answer._replace(place=Place(elsewhere, 0)))


def postpone(data: st.DataObject, history: History) -> History:
    """All answers to a question come after those to a later one."""
    late = some(data, history)
    mine = [a for a in history.answers if a.question == late.identity]
    later = [a for a in history.answers if a.topic == mine[0].topic and a.asked_at > late.place]
    assume(any(a.asked_at.partition == late.place.partition for a in later))
    spoiled = replace(history, answers=[a for a in history.answers if a not in mine])
    return add(spoiled, mine[0])


def commit_too_early(data: st.DataObject, history: History) -> History:
    """As somebody would who commits before the broker has acknowledged."""
    asked = some(data, history)
    first = history.first[asked.identity][0]
    ends = {(topic, n): 10**6 for topic in PARTITIONS for n in range(PARTITIONS[topic])}
    ends[first.topic, first.place.partition] = first.place.offset
    early = Sighting({asked.place.partition: asked.place.offset + 1}, ends)
    return replace(history, sightings=[early, *history.sightings])


def commit_back(data: st.DataObject, history: History) -> History:
    last = history.sightings[-1]
    partition = data.draw(st.sampled_from(sorted(last.committed)))
    assume(last.committed[partition] > 0)
    back = Sighting({**last.committed, partition: last.committed[partition] - 1}, last.ends)
    return replace(history, sightings=[*history.sightings, back])


SPOILS: dict[str, tuple[Spoil, Breach]] = {
    "a loss": (lose, Breach.LOST),
    "an invented answer": (changed(lambda a: a._replace(question=("me", "?"))), Breach.INVENTED),
    "a second answer": (answer_twice, Breach.TWOFOLD),
    "a dead letter beside a result": (dead_letter_too, Breach.TWOFOLD),
    "an undeserved dead letter": (dead_letter_too, Breach.WRONG_OUTCOME),
    "a wrong key": (changed(lambda a: a._replace(key=b"other")), Breach.WRONG_KEY),
    "a wrong content": (changed(lambda a: a._replace(content=b"other")), Breach.WRONG_CONTENT),
    "a wrong place": (changed(lambda a: a._replace(asked_at=Place(9, 9))), Breach.WRONG_PLACE),
    "a wrong partition": (stray, Breach.STRAYED),
    "an overtaking": (postpone, Breach.OUT_OF_ORDER),
    "a commit past what is published": (commit_too_early, Breach.COMMITTED_TOO_FAR),
    "a commit past what was lost": (lose, Breach.COMMITTED_TOO_FAR),
    "a commit that goes back": (commit_back, Breach.COMMITTED_BACK),
}
