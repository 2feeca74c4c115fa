"""Turns at the gate."""

import asyncio

import pytest

from monitor.web.front.gate import TOO_LONG, TOO_MANY, Full, Gate


async def tick() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_few_are_in_work_and_the_next_follows_who_leaves() -> None:
    gate = Gate(1, 5, 60.0)
    await gate.enter("a")
    second = asyncio.create_task(gate.enter("a"))
    await tick()
    assert not second.done()
    gate.leave()
    await second


async def test_addresses_take_turns_however_many_one_of_them_asks_for() -> None:
    gate, order = Gate(1, 99, 60.0), []

    async def ask(address: str) -> None:
        await gate.enter(address)
        order.append(address)
        gate.leave()

    await gate.enter("x")
    tasks = [asyncio.create_task(ask("many")) for _ in range(5)]
    await tick()
    tasks.append(asyncio.create_task(ask("one")))
    await tick()
    gate.leave()
    await asyncio.gather(*tasks)
    assert order.index("one") <= 1


async def test_who_is_one_too_many_is_told_at_once() -> None:
    gate = Gate(1, 1, 60.0)
    await gate.enter("a")
    waiting = asyncio.create_task(gate.enter("a"))
    await tick()
    with pytest.raises(Full, match=TOO_MANY):
        await gate.enter("b")
    waiting.cancel()


async def test_who_waits_in_vain_is_told_and_takes_no_turn() -> None:
    gate = Gate(1, 5, 0.0)
    await gate.enter("a")
    with pytest.raises(Full, match=TOO_LONG):
        await gate.enter("b")
    gate.leave()
    await gate.enter("c")


async def test_who_gives_up_leaves_no_place_taken() -> None:
    gate = Gate(1, 1, 60.0)
    await gate.enter("a")
    waiting = asyncio.create_task(gate.enter("a"))
    await tick()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    another = asyncio.create_task(gate.enter("b"))
    await tick()
    gate.leave()
    await another


async def test_who_gives_up_in_the_moment_of_his_turn_passes_it_on() -> None:
    gate = Gate(1, 5, 60.0)
    await gate.enter("a")
    waiting = asyncio.create_task(gate.enter("a"))
    await tick()
    gate.leave()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    await asyncio.wait_for(gate.enter("b"), 60)
