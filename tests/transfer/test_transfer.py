"""Export and import: exact both ways, again and again, and strict about what it takes."""

import gzip
import json
import subprocess
import sys
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from monitor.alerts.models import Alert, Transition
from monitor.demo import seeding
from monitor.history import rollups
from monitor.history.domain.tiers import MINUTE, QUARTER
from monitor.history.models import Gap, MinuteRollup, RollupProgress, Sample
from monitor.hosts.models import Host
from monitor.loadtests.models import LoadTest
from monitor.metrics.catalogue import NAMES
from monitor.metrics.times import moment
from monitor.transfer import format
from monitor.transfer.exporting import Span, jsonl, samples_csv
from monitor.transfer.importing import BadFile, Importer
from tests.factories import NOW_MS, make_alert, make_host, make_load_test, make_samples
from tests.stages.examples import examples
from tests.stages.rolling import roll_up_all
from tests.stages.servers import ROOT, Site, until

HOUR_MS = 3_600_000
MONDAY_NOON = 1_790_000_000_000 - 1_790_000_000_000 % 86_400_000 + 12 * HOUR_MS

HEADER = format.line("header", {"format": format.FORMAT, "metrics": list(NAMES)})


def exported(span=None):
    return [text for _, text in jsonl(Host.objects.order_by("name"), span or Span())]


def take(lines):
    importer = Importer()
    for _ in importer.take(lines):
        pass
    return importer


def forget():
    """An empty database."""
    for table in (Sample, *rollups.TABLES.values(), RollupProgress, Gap, Alert, LoadTest, Host):
        table._default_manager.all().delete()


def sample_line(at=NOW_MS, host="db-01", covered_ms=1000, values=None):
    values = {"load1": 1.5} if values is None else values
    return format.line("sample", {"host": host, "at": at, "covered_ms": covered_ms, "values": values})


@pytest.fixture
def everything(db):
    """A small demo host with something of every kind, and a measured one."""
    host = make_host("db-01")
    make_samples(host, 200)
    roll_up_all(host)
    alert = make_alert(host, resolved_ms=NOW_MS + 5000, note="Größe „x“\nzwei", worst_severity="critical",
                       comparison="below", statistic="share", window_seconds=600, critical_threshold=5.0,
                       explanation="The disk, not the CPU.", acknowledged_at=moment(NOW_MS))  # fmt: skip
    at = moment(NOW_MS) + timedelta(microseconds=123)
    Transition.objects.create(alert=alert, at=at, change="fired", value=80.5)
    Transition.objects.create(
        alert=alert, at=at, change="escalated", value=96.0, severity="critical", note="Why."
    )
    Transition.objects.create(alert=alert, at=at, change="note", note="It was the back-up.")
    Transition.objects.create(alert=alert, at=at, change="resolved", value=0.1 + 0.2)
    make_load_test(host, "finished", ended_at=moment(NOW_MS + 120_000), report="It held.")
    make_load_test(host, "finished", kind="io", expects_alert=True, passed=False, report="Failed: no.\nWhy.")
    seeding.seed("demo", 1, 60.0, 1, MONDAY_NOON)


def test_a_round_trip_through_an_empty_database_gives_the_same_bytes(everything):
    before = exported()
    forget()
    take(before)
    assert exported() == before
    assert {json.loads(text)["type"] for text in before} == set(format.FIELDS)


def test_importing_again_changes_nothing_and_says_so(everything):
    before = exported()
    importer = take(before)
    assert not +importer.new
    assert sum(importer.known.values()) == len(before) - 1  # without the header
    assert exported() == before


finite = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15)
values = st.dictionaries(st.sampled_from(NAMES), finite, max_size=4)
moments = st.dictionaries(
    st.integers(0, 253_402_300_799_998), st.tuples(st.integers(0, 2**31 - 1), values), max_size=8
)


@pytest.mark.django_db
@hypothesis_settings(
    max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(moments, st.sampled_from(["jsonl", "csv"]))
def test_any_samples_survive_a_round_trip(found, form):
    forget()
    host = make_host()
    rows = [Sample(host=host, taken_at_ms=at, covered_ms=ms, **known) for at, (ms, known) in found.items()]
    Sample.objects.bulk_create(rows)
    write = jsonl if form == "jsonl" else samples_csv
    lines = [text for _, text in write([host], Span())]
    before = list(Sample.objects.order_by("taken_at_ms").values_list("taken_at_ms", "covered_ms", *NAMES))
    forget()
    take(lines)
    assert (
        list(Sample.objects.order_by("taken_at_ms").values_list("taken_at_ms", "covered_ms", *NAMES))
        == before
    )


def test_a_span_takes_what_lies_in_it(everything):
    lines = [json.loads(text) for text in exported(Span(NOW_MS - 60_000, NOW_MS))]
    times = [line["at"] for line in lines if line["type"] == "sample" and line["host"] == "db-01"]
    assert len(times) == 60
    assert min(times) >= NOW_MS - 60_000
    marks = [line for line in lines if line["type"] == "progress" and line["host"] == "db-01"]
    assert all(line["pruned_until_ms"] >= NOW_MS - 60_000 for line in marks)


@pytest.mark.django_db
def test_a_sample_that_is_there_already_stays_as_it_is():
    make_samples(make_host(), 1, load1=9.0)
    importer = take([HEADER, sample_line(values={"load1": 1.0}), sample_line(NOW_MS + 1)])
    assert (importer.new["sample"], importer.known["sample"]) == (1, 1)
    assert Sample.objects.get(taken_at_ms=NOW_MS).load1 == 9.0


@pytest.mark.django_db
def test_imported_late_samples_are_rolled_up():
    host = make_host()
    start = NOW_MS - NOW_MS % HOUR_MS
    make_samples(host, 3700, end_ms=start + 3_700_000, load1=1.0)
    roll_up_all(host)
    take([HEADER, sample_line(start + 90_500, values={"load1": 99.0})])
    make_samples(host, 1, end_ms=start + 3_701_000)  # the sampler goes on
    roll_up_all(host)
    assert MinuteRollup.objects.get(start_ms=start + 60_000).load1_high == 9900
    assert rollups.TABLES[3600].objects.get(start_ms=start).load1_high == 9900


@pytest.mark.django_db
def test_an_imported_minute_is_taken_into_a_quarter_that_was_there_before():
    host = make_host()
    start = NOW_MS - NOW_MS % HOUR_MS
    make_samples(host, 1000, end_ms=start + 2_000_000, load1=1.0)
    roll_up_all(host)
    assert rollups.done_until(host, QUARTER) == start + 1_800_000
    row = {
        "host": host.name,
        "resolution": MINUTE,
        "at": start + 900_000,
        "values": {"load1": (5e5, 5000, 99, 101)},
    }
    take([HEADER, format.line("rollup", row)])
    make_samples(host, 1, end_ms=start + 2_100_000)  # the sampler goes on
    roll_up_all(host)
    assert rollups.TABLES[QUARTER].objects.get(start_ms=start + 900_000).load1_high == 10_100


@pytest.mark.django_db
def test_an_import_never_makes_pruned_minutes_poorer(settings):
    """The first minute was computed from samples that are gone; importing and rolling up again must not lose them."""
    settings.LOADMON_RAW_HOURS = 6
    host = seeding.seed("demo", 1, 60.0, 1, MONDAY_NOON)
    lines, before = exported(), dict(rollups.summaries(host, MINUTE, 0, 10**15))
    forget()
    take(lines)
    host = Host.objects.get()
    roll_up_all(host)
    assert dict(rollups.summaries(host, MINUTE, 0, 10**15)) == before


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "Line 3: it is not JSON"),
        ("[]", "Line 3: it is not an object"),
        ("[" * 100_000, "Line 3: it is not JSON"),
        (sample_line().replace('"v":1', '"v":2'), "Line 3: it has format version 2, and this loadmon knows 1"),
        (sample_line().replace('"v":1', '"v":true'), "Line 3: it has no format version"),
        (sample_line().replace('"sample"', '"speck"'), "there is no type 'speck'"),
        (sample_line().replace("1.5", "NaN"), "NaN is not a finite number"),
        (sample_line().replace("1.5", "1e999"), "is not a finite number"),
        (sample_line().replace("1.5", '"1"'), "values: 'load1': '1' is not a finite number"),
        (sample_line().replace("1.5", "true"), "is not a finite number"),
        (sample_line(at=-1), "at: '-1' is no time"),
        (sample_line(at=253_402_300_800_000), "between the years 1970 and 9999"),
        (sample_line(host="a b"), "host: 'a b' is no host name"),
        (sample_line(covered_ms=-5), "covered_ms: '-5' is no duration"),
        (sample_line().replace('"covered_ms":1000,', ""), "a sample has no field 'covered_ms'"),
        (sample_line().replace('"at"', '"to"'), "field"),
        ("x" * 1_000_001, "longer than"),
    ],
)  # fmt: skip
def test_a_bad_line_is_named_by_its_number_and_stores_nothing_of_its_batch(text, said):
    with pytest.raises(BadFile, match=said.replace("[", r"\[")):
        take([HEADER, sample_line(), text])
    assert not Sample.objects.exists()


@pytest.mark.django_db
def test_a_bad_line_leaves_the_batches_before_it_whole():
    good = [sample_line(NOW_MS + i) for i in range(600)]
    with pytest.raises(BadFile, match="Line 602"):
        take([HEADER, *good, "{}"])
    assert Sample.objects.count() == 500


@pytest.mark.django_db
def test_a_file_without_a_header_is_refused():
    with pytest.raises(BadFile, match="begins with a header"):
        take([sample_line()])
    with pytest.raises(BadFile, match="Line 1"):
        take([])


@pytest.mark.django_db
def test_a_csv_file_says_what_is_wrong_with_a_cell():
    head = "host,at,covered_ms,load1\n"
    for row, said in (("db-01,5,1,nan", "finite"), ("db-01,5,1", "3 cells"), ("db-01,x,1,1", "no time")):
        with pytest.raises(BadFile, match=rf"Line 2: .*{said}"):
            take([head, row])


@pytest.mark.django_db
def test_metrics_that_are_not_known_are_left_out_and_named(tmp_path):
    path = tmp_path / "one.jsonl"
    path.write_text(HEADER + sample_line(values={"load1": 1.0, "gpu_percent": 5.0}))
    err = StringIO()
    call_command("importhistory", str(path), stdout=StringIO(), stderr=err)
    assert "gpu_percent" in err.getvalue()
    assert Sample.objects.get().load1 == 1.0


@pytest.mark.django_db
def test_a_load_test_that_waits_never_travels():
    make_load_test(make_host(), "requested", None)
    assert not [text for text in exported() if '"load_test"' in text]


@pytest.mark.django_db
@pytest.mark.parametrize("options", [(), ("--gzip",), ("--format", "csv"), ("--format", "csv", "--gzip")])
def test_the_commands_round_trip_through_a_file(tmp_path, options):
    make_samples(make_host(), 50)
    one, two = tmp_path / "one", tmp_path / "two"
    call_command("exporthistory", str(one), *options, stderr=StringIO())
    assert (one.read_bytes()[:2] == b"\x1f\x8b") is ("--gzip" in options)
    Sample.objects.all().delete()
    out = StringIO()
    call_command("importhistory", str(one), stdout=out)
    assert "50 samples" in out.getvalue()
    call_command("exporthistory", str(two), *options, stderr=StringIO())
    assert one.read_bytes() == two.read_bytes()
    assert one.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]


@pytest.mark.django_db
@pytest.mark.parametrize("cut", [-20, 30])
def test_a_damaged_compressed_file_is_refused_with_a_sentence(tmp_path, cut):
    data = gzip.compress("".join([HEADER, *(sample_line(NOW_MS + i) for i in range(900))]).encode())
    broken = data[:cut] if cut < 0 else data[:cut] + bytes(20) + data[cut + 20 :]
    path = tmp_path / "one.gz"
    path.write_bytes(broken)
    with pytest.raises(CommandError, match=r"ends in the middle|damaged|UTF-8|not JSON"):
        call_command("importhistory", str(path))


@pytest.mark.django_db
@pytest.mark.parametrize(
    "options", [("--start", "yesterday"), ("--start", "now", "--end", "-1d"), ("--host", "x")]
)
def test_a_wrong_option_is_refused(tmp_path, options):
    make_host()
    with pytest.raises(CommandError):
        call_command("exporthistory", str(tmp_path / "one"), *options)
    assert not list(tmp_path.iterdir())


@pytest.mark.processes
def test_an_import_that_is_killed_completes_when_it_runs_again(tmp_path):
    with Site() as source:
        source.manage("seeddemo", "--days", "2", "--interval", "20")
        whole = tmp_path / "whole.jsonl"
        source.manage("exporthistory", str(whole))
    lines = whole.read_bytes().splitlines(keepends=True)
    with Site() as site:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "importhistory", "-"],
            cwd=ROOT, env=site.environment, stdin=subprocess.PIPE,
        )  # fmt: skip
        assert process.stdin is not None
        process.stdin.write(b"".join(lines[: len(lines) * 3 // 4]))
        process.stdin.flush()
        until(site.count, "the first imported samples")
        process.kill()
        process.wait()
        process.stdin.close()
        stored = site.count()
        said = site.manage("importhistory", str(whole)).stdout
        again = tmp_path / "again.jsonl"
        site.manage("exporthistory", str(again))
    assert 0 < stored < sum(b'"sample"' in line for line in lines)
    assert "were there already" in said
    assert again.read_bytes() == whole.read_bytes()
