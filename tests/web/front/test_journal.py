"""What happens often is told seldom."""

from monitor.web.front.journal import Journal


def test_each_kind_is_told_at_once_and_then_once_a_minute_with_its_count(caplog) -> None:
    now = [0.0]
    journal = Journal(lambda: now[0])
    for _ in range(500):
        journal.note("a thing happened")
    journal.note("another thing happened")
    now[0] = 59.0
    journal.tell()
    assert [record.getMessage() for record in caplog.records] == [
        "a thing happened.",
        "another thing happened.",
    ]
    now[0] = 61.0
    journal.tell()
    journal.tell()
    assert caplog.records[2].getMessage() == "a thing happened: 499 more since it was last told."
    assert len(caplog.records) == 3


def test_what_happens_again_after_a_minute_of_rest_is_told_at_once(caplog) -> None:
    now = [0.0]
    journal = Journal(lambda: now[0])
    journal.note("a thing happened")
    now[0] = 120.0
    journal.note("a thing happened")
    assert len(caplog.records) == 2
