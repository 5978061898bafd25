import asyncio

from inference.stream.gate import Gate


async def test_a_gate_is_passed_at_once_while_nobody_closes_it() -> None:
    async with asyncio.timeout(1):
        await Gate().passed()


async def test_a_gate_stays_closed_until_everybody_who_closed_it_opened_it() -> None:
    gate = Gate()
    gate.close("rungs", "no rung is left")
    gate.close("operator", "paused")
    gate.open("rungs")
    passing = asyncio.create_task(gate.passed())
    await asyncio.sleep(0)
    assert not passing.done()
    assert gate.reasons == {"operator": "paused"}
    gate.open("operator")
    async with asyncio.timeout(1):
        await passing


async def test_who_closes_twice_opens_with_one_word() -> None:
    gate = Gate()
    gate.close("rungs", "one thing")
    gate.close("rungs", "another thing")
    assert gate.reasons == {"rungs": "another thing"}
    gate.open("rungs")
    async with asyncio.timeout(1):
        await gate.passed()


async def test_opening_what_was_never_closed_changes_nothing() -> None:
    gate = Gate()
    gate.close("rungs", "no rung is left")
    gate.open("topics")
    assert gate.reasons == {"rungs": "no rung is left"}
