"""Import: what is there stays, tiers are computed again, and a damaged file is refused."""

import gzip
import itertools
import random
import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from monitor.database import bulk
from monitor.demo import seeding
from monitor.history import freshness, rollups
from monitor.history.domain.tiers import MINUTE, QUARTER
from monitor.history.models import MinuteRollup, Sample
from monitor.hosts.models import Host
from monitor.transfer import format
from monitor.transfer.importing import BadFile
from tests.factories import MONDAY_NOON, NOW_MS, make_host, make_samples
from tests.stages.rolling import roll_up_all
from tests.transfer.lines import HEADER, HOUR_MS, exported, forget, sample_line, take

ODD = [
    b"\0",
    b"\xff",
    b'"',
    b",",
    b"\n",
    b"-",
    b"1e999",
    b"NaN",
    b"[",
    b"{",
    b"null",
    b"9" * 40,
    b"\xed\xa0\x80",
    b"",
]


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
def test_a_bad_line_leaves_the_batches_before_it_whole():
    good = [sample_line(NOW_MS + i) for i in range(650)]
    with pytest.raises(BadFile, match="Line 652"):
        take([HEADER, *good, "{}"])
    assert Sample.objects.count() == 600


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
    ("row", "said"),
    [
        ("db-01,5,1,-500", "'load1': '-500.0' does not lie between 0 and"),
        ("db-01,5,1,1e300", "more than anything can be"),
        ("db-01,5,1,1e400", "more than anything can be|not a finite number"),
        ("db-01,5,1,1_0", "'1_0' is not a finite number"),
        ("db-01,5,1,١٢", "is not a finite number"),
        ("db-01,5,1,infinity", "is not a finite number"),
        ("db-01,5,1, 5", "is not a finite number"),
        ('db-01,5,1,"5', "it is no row of CSV"),
        ("db-01,5,1,a\0b", "it is no row of CSV|not a finite number"),
        ("db-01,5,1," + "x" * 140_000, "it is no row of CSV: field larger than field limit"),
        ("db-01,١,1,5", "no time in milliseconds"),
    ],
)
def test_a_cell_that_is_no_number_is_named_by_its_line(row, said):
    with pytest.raises(BadFile, match=f"^Line 2: .*({said})"):
        take(["host,at,covered_ms,load1\n", row])
    assert not Sample.objects.exists()


@pytest.mark.django_db
def test_a_head_of_csv_is_read_as_strictly():
    for head in ("host,at,covered_ms,a b\n", "host," + "x" * 140_000, "host,at,covered_ms,load1,load1\n"):
        with pytest.raises(BadFile, match=r"^Line 1: "):
            take([head])


@pytest.mark.django_db
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_what_a_spreadsheet_wrote_is_taken(mark):
    take([mark + "host,at,covered_ms,load1\r\n", '"db-01",5,1,"2.5"\r\n', "\r\n"])
    assert Sample.objects.get().load1 == 2.5


@pytest.mark.django_db
@pytest.mark.parametrize("empty", ["\n", " " * 900 + "\n"])
def test_empty_lines_without_an_end_are_no_export(empty):
    with pytest.raises(BadFile, match="characters of empty lines"):
        take(itertools.chain([HEADER, sample_line()], itertools.repeat(empty)))
    assert not Sample.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["/dev/zero", "/dev/null", "/", "gone.jsonl", "/dev/urandom"])
def test_what_is_no_file_of_history_is_refused_with_a_sentence(name):
    with pytest.raises(CommandError, match=r"^(Line 1: |Cannot read |After line \d+: this is not UTF-8).*\."):
        call_command("importhistory", name)


@pytest.mark.django_db
def test_a_process_without_standard_input_says_so(monkeypatch):
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(CommandError, match="no standard input"):
        call_command("importhistory", "-")


@pytest.mark.django_db
def test_an_export_that_was_damaged_anywhere_is_refused_or_taken_and_never_half(everything, tmp_path):
    whole, chance = exported(), random.Random(11)
    path = tmp_path / "damaged"
    for _ in range(60):
        forget()
        text = "".join([whole[0], *chance.sample(whole[1:], 5)]).encode()
        at = chance.randrange(len(text))
        path.write_bytes(text[:at] + chance.choice(ODD) + text[at + chance.randrange(3) :])
        refused = ""
        try:
            call_command("importhistory", str(path), stdout=StringIO(), stderr=StringIO())
        except CommandError as error:
            refused = str(error)
        assert not refused or re.match(r"(Line \d+|After line \d+): ", refused)
        assert bool(refused) is not Host.objects.exists()


@pytest.mark.django_db
def test_a_full_disk_in_the_middle_leaves_whole_turns_and_the_next_import_goes_on(tmp_path, monkeypatch):
    path, real = tmp_path / "one.jsonl", bulk.insert
    path.write_text("".join([HEADER, *(sample_line(NOW_MS + i) for i in range(450))]))

    def insert(table, columns, rows, replacing=()):
        if Sample.objects.count() >= 400:
            raise OperationalError("database or disk is full")
        real(table, columns, rows, replacing)

    monkeypatch.setattr(bulk, "insert", insert)
    with pytest.raises(
        CommandError,
        match=r"^The database failed: database or disk is full\. Free some space in .*New: 400 samples\.",
    ):
        call_command("importhistory", str(path))
    assert Sample.objects.count() == 400
    monkeypatch.undo()
    call_command("importhistory", str(path), stdout=StringIO())
    assert Sample.objects.count() == 450


# What is the newest


def newest_ms(host):
    return freshness.newest(host).taken_at_ms


@pytest.mark.django_db
@pytest.mark.parametrize("moved", [-10 * 365 * 24 * HOUR_MS, -HOUR_MS, 24 * HOUR_MS, 20 * 365 * 24 * HOUR_MS])
def test_history_of_another_time_does_not_become_the_newest(host, now_ms, moved):
    make_samples(host, 3, end_ms=now_ms)
    take([HEADER, *(sample_line(now_ms + moved + i * 1000, host.name) for i in range(300))])
    assert newest_ms(host) == now_ms
    assert Sample.objects.count() == 303


@pytest.mark.django_db
def test_later_history_of_a_host_that_is_not_sampled_becomes_the_newest_in_whatever_order(host, now_ms):
    times = [now_ms - 5000, now_ms - 9000, now_ms + 10**9, now_ms - 7000]
    take([HEADER, sample_line(now_ms - HOUR_MS, host.name), *(sample_line(at, host.name) for at in times)])
    assert newest_ms(host) == now_ms - 5000


@pytest.mark.django_db
def test_a_newest_of_a_wrong_date_gives_way_to_history_whose_time_has_come(host, now_ms):
    make_samples(host, 1, end_ms=now_ms + 24 * HOUR_MS)
    take([HEADER, sample_line(now_ms - HOUR_MS, host.name)])
    assert newest_ms(host) == now_ms - HOUR_MS
