"""The usage in the JSON API: who used a host at any time, heaviest first, and sums that add up to the machine."""

import pytest

from monitor.metrics.times import moment
from monitor.metrics.usage import Used
from monitor.web.schemas import schema
from monitor.web.usage import schemas
from tests.factories import make_alert, make_host
from tests.stages.api import get, is_error
from tests.stages.snapshots import document, row
from tests.stages.usage import BACKUP, KSWAPD, MAKE_OF_ANN, MAKE_OF_BOB, NGINX, bucket, keep

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("public")]

TUESDAY_AT_3 = 1_763_434_800_000  # 2025-11-18T03:00:00Z
MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000


def ask(client, start_ms, end_ms, status=200, **more):
    span = {"start": moment(start_ms).isoformat(), "end": moment(end_ms).isoformat()}
    return get(client, "usage", status, **(span | more))


def told(answer):
    return [(one["kind"], one["name"], one["user"]) for one in answer["consumers"]]


def test_who_it_was_last_tuesday_at_3_is_told_without_an_alert(client, host):
    busy = {BACKUP: Used(58_000, 1900, read_kib=900_000), NGINX: Used(900, 40)}
    keep(host, *(bucket(TUESDAY_AT_3 + minute * MINUTE_MS, busy, not_seen_ms=100) for minute in range(20)))
    found = ask(client, TUESDAY_AT_3, TUESDAY_AT_3 + HOUR_MS)
    schema(schemas.Usage).model_validate(found, strict=True)
    assert told(found) == [
        ("service", "backup.service", ""),
        ("service", "nginx.service", ""),
        ("others", "others", ""),
        ("not_seen", "not seen", ""),
    ]
    backup = found["consumers"][0]
    assert (backup["cpu_seconds"], backup["share_percent"]) == (1160.0, 98.305)
    assert (backup["highest"], backup["highest_at"]) == (1.9, TUESDAY_AT_3)
    assert backup["series"] == [0.966667] * 20 + [None] * 40
    assert (found["unit"], found["tier_seconds"], found["resolution_seconds"]) == ("cores", 60, 60)
    assert found["oldest_at"] == TUESDAY_AT_3
    assert found["alerts"] is None


def test_the_consumers_add_up_to_the_machine_in_all_and_in_each_bucket(client, host):
    used = {
        NGINX: Used(10),
        BACKUP: Used(2000),
        KSWAPD: Used(300),
        MAKE_OF_ANN: Used(7),
        MAKE_OF_BOB: Used(8),
    }
    keep(
        host,
        *(
            bucket(TUESDAY_AT_3 + minute * MINUTE_MS, used, not_seen_ms=minute, others=Used(5))
            for minute in range(10)
        ),
    )
    found = ask(client, TUESDAY_AT_3, TUESDAY_AT_3 + 10 * MINUTE_MS, top=2)
    assert told(found)[:2] == [("service", "backup.service", ""), ("kernel", "kswapd", "")]
    assert sum(one["cpu_seconds"] for one in found["consumers"]) == pytest.approx(23.345)
    assert found["total"]["cpu_seconds"] == 23.345
    for minute in range(10):
        cores = sum(one["series"][minute] for one in found["consumers"])
        assert cores * 60 == pytest.approx((2330 + minute) / 1000, abs=1e-4)
    assert sum(one["share_percent"] for one in found["consumers"]) == pytest.approx(100, abs=0.01)


def test_a_host_of_which_nothing_is_kept_answers_with_nothing(client, host):
    found = get(client, "usage")
    schema(schemas.Usage).model_validate(found, strict=True)
    assert told(found) == [("others", "others", ""), ("not_seen", "not seen", "")]
    assert (found["oldest_at"], found["total"]["cpu_seconds"], found["total"]["read_bytes"]) == (
        None,
        0.0,
        None,
    )
    assert set(found["consumers"][0]["series"]) == {None}


def test_two_of_one_name_are_told_apart_by_their_user(client, host):
    keep(host, bucket(TUESDAY_AT_3, {MAKE_OF_ANN: Used(100), MAKE_OF_BOB: Used(300), NGINX: Used(1)}))
    both = ask(client, TUESDAY_AT_3, TUESDAY_AT_3 + MINUTE_MS, consumer="make")
    assert [(one["user"], one["cpu_seconds"]) for one in both["consumers"]] == [
        ("bob", 0.3), ("ann", 0.1), ("", 0.001), ("", 0.0),
    ]  # fmt: skip
    [ann, *_] = ask(client, TUESDAY_AT_3, TUESDAY_AT_3 + MINUTE_MS, consumer="make", user="ann")["consumers"]
    assert (ann["user"], ann["cpu_seconds"]) == ("ann", 0.1)


def test_a_consumer_that_used_nothing_then_is_told_all_the_same(client, host):
    keep(host, bucket(TUESDAY_AT_3, {NGINX: Used(1)}), bucket(TUESDAY_AT_3 + DAY_MS, {BACKUP: Used(9)}))
    found = ask(client, TUESDAY_AT_3, TUESDAY_AT_3 + MINUTE_MS, consumer="backup.service")
    assert (told(found)[0], found["consumers"][0]["cpu_seconds"]) == (("service", "backup.service", ""), 0.0)
    assert found["alerts"] == []


@pytest.mark.parametrize(
    ("parameters", "status", "sentence"),
    [
        ({"consumer": "nginx"}, 404, "Nothing is kept of a consumer 'nginx' on db-01. There is "),
        ({"consumer": "ngnix.service"}, 404, "Nothing is kept of a consumer 'ngnix.service' on db-01. There is "),
        ({"consumer": "zzz"}, 404, "Nothing is kept of a consumer 'zzz' on db-01."),
        ({"consumer": ""}, 404, "Nothing is kept of a consumer '' on db-01."),
        ({"consumer": "nginx.service", "user": "bob"}, 404, "Nothing is kept of a consumer 'nginx.service' of user "),
        ({"kind": "service"}, 400, "kind says more of a consumer: give consumer, too."),
        ({"user": "bob"}, 400, "user says more of a consumer: give consumer, too."),
        ({"kind": "robot", "consumer": "x"}, 400, "kind must be service or container or "),
        ({"by": "disk"}, 400, "by must be cpu or memory or read or written or waiting, not 'disk'."),
        ({"top": "0"}, 400, "top must be a whole number from 1 to 50, not '0'."),
        ({"top": "51"}, 400, "top must be a whole number from 1 to 50, not '51'."),
        ({"points": "9"}, 400, "points must be a whole number from 10 to 2000, not '9'."),
        ({"start": "now"}, 400, "end 'now' must lie after start 'now'."),
        ({"start": "1970-01-01T00:00:00Z"}, 400, "From '1970-01-01T00:00:00Z' to 'now' is over ten years."),
        ({"consumer": "a\0"}, 400, "consumer is not usable: 'a\\x00'."),
        ({"metric": "load1"}, 400, "There is no query parameter 'metric': known are host, start, end, by, "),
        ({"host": "nobody"}, 404, "There is no host 'nobody'."),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_refused_by_a_sentence(client, host, parameters, status, sentence):
    keep(host, bucket(TUESDAY_AT_3, {NGINX: Used(1)}))
    error = get(client, "usage", status, **parameters)
    assert is_error(error, status)
    assert error["error"].startswith(sentence)


def test_who_asks_for_the_wrong_namesake_is_told_which_there_are(client, host):
    keep(host, bucket(TUESDAY_AT_3, {MAKE_OF_ANN: Used(1), NGINX: Used(1)}))
    error = get(client, "usage", 404, consumer="make", user="bob")["error"]
    assert error == (
        "Nothing is kept of a consumer 'make' of user 'bob' on db-01. There is 'make' of kind 'program' and user 'ann'."
    )
    error = get(client, "usage", 404, consumer="nginx.service", kind="program")["error"]
    assert error.endswith(" There is 'nginx.service' of kind 'service'.")


def test_each_host_has_its_own_consumers(client, host):
    keep(host, bucket(TUESDAY_AT_3, {NGINX: Used(1)}))
    keep(make_host("db-02"), bucket(TUESDAY_AT_3, {BACKUP: Used(1)}))
    found = ask(client, TUESDAY_AT_3, TUESDAY_AT_3 + MINUTE_MS, host="db-02")
    assert (found["host"], told(found)[0][1]) == ("db-02", "backup.service")
    get(client, "usage", 404, host="db-02", consumer="nginx.service")


def test_the_alerts_that_name_a_consumer_are_told_with_it(client, host):
    keep(host, bucket(TUESDAY_AT_3, {BACKUP: Used(58_000)}))
    made = make_alert(
        host, TUESDAY_AT_3 + 30_000, TUESDAY_AT_3 + 90_000, rule_name="Load", explanation="Who."
    )
    made.evidence.create(
        moment="onset",
        at=made.fired_at,
        value=9.0,
        sentence="x",
        document=document(cpu__busy=97.0, by_cpu=[row("rsync", 380.0, unit="backup.service")]),
    )
    found = ask(client, TUESDAY_AT_3, TUESDAY_AT_3 + HOUR_MS, consumer="backup.service")
    schema(schemas.Usage).model_validate(found, strict=True)
    assert found["alerts"] == [
        {
            "id": made.pk,
            "title": "Load",
            "severity": "warning",
            "fired_at": TUESDAY_AT_3 + 30_000,
            "resolved_at": TUESDAY_AT_3 + 90_000,
            "explanation": "Who.",
        }
    ]
