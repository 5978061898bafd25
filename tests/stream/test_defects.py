from collections.abc import Sequence

from traffic import arrival, dead_letter, result

from inference.contract import Departure, Reason
from inference.stream.defects import Defects
from inference.stream.gate import Gate


def departures(defects: int, good: int = 0) -> Sequence[Departure]:
    bad = [dead_letter(arrival(offset), Reason.DEFECT) for offset in range(defects)]
    return [*bad, *(result(arrival(offset)) for offset in range(defects, defects + good))]


def after(*batches: Sequence[Departure]) -> Gate:
    gate = Gate()
    defects = Defects(gate)
    for batch in batches:
        defects.note(batch)
    return gate


def test_many_batches_full_of_defects_close_the_gate_and_say_what_to_do() -> None:
    gate = after(*[departures(4)] * 5)
    assert "20 records" in gate.reasons["defects"]
    assert "mend it and restart" in gate.reasons["defects"]


def test_a_few_records_are_no_proof_of_a_bad_deployment() -> None:
    assert not after(*[departures(1)] * 19).reasons
    assert after(*[departures(1)] * 20).reasons


def test_a_few_batches_are_no_proof_of_a_bad_deployment() -> None:
    assert not after(*[departures(500)] * 4).reasons


def test_one_good_batch_begins_the_count_anew() -> None:
    assert not after(*[departures(10)] * 4, departures(0, 10), *[departures(10)] * 4).reasons


def test_a_tenth_of_answers_does_not_hide_a_bad_deployment_but_a_fifth_does() -> None:
    assert after(*[departures(9, 1)] * 5).reasons
    assert not after(*[departures(8, 2)] * 5).reasons


def test_inputs_at_fault_are_no_defects() -> None:
    refused = [dead_letter(arrival(offset), Reason.REFUSED) for offset in range(100)]
    assert not after(*[refused] * 10).reasons
