"""Import: what is there stays, tiers are computed again, and a damaged file is refused."""

import gzip
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from monitor.demo import seeding
from monitor.history import rollups
from monitor.history.domain.tiers import MINUTE, QUARTER
from monitor.history.models import MinuteRollup, Sample
from monitor.hosts.models import Host
from monitor.transfer import format
from monitor.transfer.importing import BadFile
from tests.factories import MONDAY_NOON, NOW_MS, make_host, make_samples
from tests.stages.rolling import roll_up_all
from tests.transfer.lines import HEADER, HOUR_MS, exported, forget, sample_line, take


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
