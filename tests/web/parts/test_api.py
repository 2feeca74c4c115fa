"""The parts API: its shape, its refusals, and nonsense."""

import pytest

from monitor.metrics.parts import Kind, Part, PartAccount, PartUsed
from monitor.usage import parts
from monitor.web.parts import schemas
from monitor.web.schemas import schema
from tests.factories import make_host

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("public")]
MINUTE = 29_899_440


@pytest.fixture
def host():
    made = make_host("db-01")
    used = PartUsed(60_000, 600, 1200, 10, 6000, 100)
    parts.add(made, [PartAccount(MINUTE, Part(Kind.FILE_SYSTEM, "/var"), used)])
    return made


def ask(client, **query):
    span = {"start": "2026-11-06T12:00:00Z", "end": "2026-11-06T12:10:00Z"}
    return client.get("/api/v1/parts", span | query)


def test_a_part_is_told_with_its_course(client, host):
    answer = ask(client, points="10").json()
    schema(schemas.Parts).model_validate(answer, strict=True)
    assert (answer["host"], answer["resolution_seconds"], len(answer["times"])) == ("db-01", 60, 10)
    [found] = answer["parts"]
    assert (found["kind"], found["name"]) == ("file_system", "/var")
    assert found["figures"]["full_percent"]["unit"] == "percent"
    assert found["figures"]["full_percent"]["series"]["mean"] == [50.0] + [None] * 9


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"kind": "cpu"}, "kind must be file_system or disk or interface"),
        ({"points": "9"}, "points must be a whole number from 10 to 4000"),
        ({"name": "x" * 300}, "name is not usable"),
        ({"name": "a\0"}, "name is not usable"),
        ({"start": "soon"}, "start"),
        ({"parts": "all"}, "There is no query parameter"),
        ({"end": "2026-11-06T11:00:00Z"}, "must lie after start"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_sentence(client, host, query, sentence):
    answer = ask(client, **query)
    assert answer.status_code == 400
    assert sentence in answer.json()["error"]


def test_a_host_that_nobody_knows_is_no_host(client, host):
    assert ask(client, host="db-02").status_code == 404


def test_a_name_that_nobody_knows_is_no_part(client, host):
    assert ask(client, name="' OR 1=1 --").json()["parts"] == []
