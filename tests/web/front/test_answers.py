"""Large answers are few."""

import pytest

from monitor.web.front.answers import STREAM_BYTES, Answers, size_of
from monitor.web.front.limits import Stage
from tests.web.front.test_connections import House


def length(size: int) -> list[tuple[bytes, bytes]]:
    return [(b"Content-Length", b"%d" % size)]


def test_small_answers_are_not_counted() -> None:
    house = House(answers=1)
    answers = Answers(house.door)
    assert all(answers.admit(house.come(stage=Stage.WORK), length(65_536)) for _ in range(50))


def test_one_that_is_not_read_gives_way_and_one_that_is_read_stays() -> None:
    house = House(answers=1)
    answers = Answers(house.door)
    first, second, third = (house.come(stage=Stage.WORK) for _ in range(3))
    assert answers.admit(first, length(100_000))
    assert not answers.admit(second, length(100_000))
    house.now += 6.0
    assert answers.admit(third, length(100_000))
    assert first.party.ends == ["dropped"]


def test_an_answer_that_ended_leaves_its_place() -> None:
    house = House(answers=1)
    answers = Answers(house.door)
    first, second = house.come(stage=Stage.WORK), house.come(stage=Stage.WORK)
    assert answers.admit(first, length(100_000))
    answers.end(first)
    answers.end(first)
    assert answers.admit(second, length(100_000))


@pytest.mark.parametrize(
    ("headers", "size"),
    [([], STREAM_BYTES), ([(b"content-length", b"7")], 7), ([(b"Content-Length", b"x")], STREAM_BYTES)],
)
def test_an_answer_without_a_length_is_a_stream(headers, size) -> None:
    assert size_of(headers) == size


def test_a_page_of_a_slow_network_finds_its_scripts_beside_many_others() -> None:
    house = House(most=99)
    answers = Answers(house.door)
    assert all(answers.admit(house.come(stage=Stage.WORK), length(210_000)) for _ in range(60))


def test_streams_are_few_for_each_has_a_thread() -> None:
    house = House(most=99)
    answers = Answers(house.door)
    assert [answers.admit(house.come(stage=Stage.WORK), []) for _ in range(9)] == [True] * 8 + [False]
