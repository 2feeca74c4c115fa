"""Usage goes out and comes back bucket by bucket: exact, once, and nothing that cannot have been."""

import json

import pytest

from monitor.hosts.models import Host
from monitor.metrics.parts import Kind as PartKind
from monitor.metrics.parts import Part, PartUsed
from monitor.metrics.usage import Account, Consumer, Kind, Used
from monitor.transfer.exporting import Span
from monitor.transfer.format import parse
from monitor.transfer.importing import BadFile
from monitor.transfer.usage_lines import bucket
from monitor.usage import parts, pasts, settling, storing, telling
from monitor.usage.domain.kinds import KINDS
from monitor.usage.domain.tiers import TIERS
from monitor.usage.models import PartUsage, Usage, UsageBucket
from tests.factories import NOW_MS
from tests.transfer.conftest import use
from tests.transfer.lines import HEADER, exported, forget, take

pytestmark = pytest.mark.django_db
MINUTE = NOW_MS // 60_000


def cpu_ms(tier):
    return sum(UsageBucket.objects.filter(tier=tier).values_list("machine_cpu_ms", flat=True))


def usage_lines():
    return [text for text in exported() if '"type":"usage"' in text or '"type":"parts"' in text]


def test_what_is_imported_settles_as_it_would_have_where_it_came_from(host):
    use(host)
    lines = exported()
    forget()
    take(lines)
    assert [cpu_ms(tier) for tier in TIERS] == [270, 180, 180, 180, 180]
    [host] = {bucket.host for bucket in UsageBucket.objects.all()}
    while settling.settle(host, growing=None):
        pass
    assert [cpu_ms(tier) for tier in TIERS] == [270] * 5
    make = Usage.objects.get(tier=360, consumer__name="make")
    assert (make.cpu_ms, make.highest_permille, make.read_kib, make.written_kib) == (180, 2, 21, None)
    assert PartUsage.objects.get(tier=360).in_bytes == 5


def test_importing_twice_counts_nothing_twice(host):
    use(host)
    lines = exported()
    before = cpu_ms(1)
    importer = take(lines)
    assert not importer.new["usage"]
    assert not importer.new["parts"]
    assert cpu_ms(1) == before
    assert exported() == lines


def test_a_bucket_that_has_grown_since_takes_the_place_of_what_was_imported(host):
    use(host)
    early = exported()
    start_ms = (MINUTE + 2) * 60_000
    more = Account(start_ms + 15_000, start_ms + 30_000, 15_000, 40, 40, {})
    storing.add(host, more)
    while settling.settle(host, growing=None):
        pass
    late = exported()
    forget()
    for lines in (early, late, early):
        take(lines)
    assert [cpu_ms(tier) for tier in TIERS] == [310] * 5
    assert exported() == late


def test_a_span_holds_the_buckets_that_begin_in_it(host):
    use(host)
    lines = [json.loads(text) for text in exported(Span((MINUTE + 1) * 60_000, (MINUTE + 2) * 60_000))]
    assert [(one["tier"], one["at"]) for one in lines if one["type"] == "usage"] == [
        (1, (MINUTE + 1) * 60_000)
    ]


def test_an_imported_bucket_keeps_no_more_names_than_others_do(host):
    use(host)
    line = next(text for text in usage_lines() if '"tier":1,' in text)
    fields = json.loads(line)
    fields["consumers"] = [["program", f"job-{number}", "", 9, *[0] * 9] for number in range(2100)]
    forget()
    take([HEADER, json.dumps(fields)])
    assert Usage.objects.count() == 12
    assert UsageBucket.objects.get().cpu_ms == 10 + 9 * 2088


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"tier": 7}, "tier: .7. is none of 1, 15, 60, 360"),
        ({"tier": 15, "at": 60_000}, "at: 60000 is not the start of a bucket of 15 minutes"),
        ({"at": 2**31 * 60_000}, "lies too far ahead"),
        ({"taken": 1}, "taken: .1. is neither true nor false"),
        ({"machine_cpu_ms": 2**41 + 1}, "2199023255553 is more than a bucket of 1 minutes can hold"),
        ({"not_seen_ms": -(2**42)}, "4398046511104 is more than a bucket of 1 minutes"),
        ({"others": [0, 0, 2**60, *[0] * 7]}, "is more than a bucket of 1 minutes can hold"),
        ({"consumers": [["program", "x", "", 2**60, *[0] * 9]]}, "is more than a bucket of 1 minutes can"),
        ({"others": [-5, *[0] * 9]}, "others: cpu_ms: .-5. is no whole number"),
        ({"covered_ms": -1}, "covered_ms: .-1. is no whole number"),
        ({"not_seen_ms": 0.5}, "not_seen_ms: .0.5. is no whole number"),
        ({"others": [1, 2]}, "others: .* is not 10 numbers"),
        ({"others": [None] * 10}, "others: cpu_ms: .null. is no whole number"),
        ({"others": [0, 2**31, *[0] * 8]}, "others: highest_permille: .2147483648. is no whole number"),
        ({"consumers": {}}, "consumers: .*is no list of consumers"),
        ({"consumers": [["god", "x", "", *[0] * 10]]}, "consumers: .god. is none of service"),
        ({"consumers": [["program", "", "", *[0] * 10]]}, "consumers: .* is no text of 1 to 100"),
        ({"consumers": [["program", "x", "u" * 41, *[0] * 10]]}, "consumers: .* is no text of 0 to 40"),
        ({"consumers": [["program", "x", "", *[0] * 10]] * 2}, "consumers: .x. is there twice"),
        ({"consumers": [["program", "x", "", *[0] * 9]]}, "is not 10 numbers"),
        ({"consumers": [["program"]]}, "is no consumer"),
        ({"consumers": [[[], {}, "", *[0] * 10]]}, "is none of service"),
        ({"more": 1}, "a usage has an unknown field .more."),
    ],
)
def test_a_line_of_usage_that_cannot_be_is_refused(host, change, said):
    use(host)
    fields = json.loads(next(text for text in usage_lines() if '"tier":1,' in text))
    forget()
    with pytest.raises(BadFile, match=f"Line 2: .*{said}"):
        take([HEADER, json.dumps(fields | change)])
    assert not UsageBucket.objects.exists()


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ([["tape", "x", *[0] * 11]], "none of file_system, disk, interface"),
        ([["disk", "x", 1]], "is not 11 numbers"),
        ("sda", "is no list of parts"),
    ],
)
def test_a_line_of_parts_that_cannot_be_is_refused(host, held, said):
    use(host)
    fields = json.loads(next(text for text in usage_lines() if '"type":"parts"' in text))
    with pytest.raises(BadFile, match=f"Line 2: parts: .*{said}"):
        take([HEADER, json.dumps(fields | {"parts": held})])


def test_what_deceives_the_eye_is_taken_out_of_imported_names(host):
    storing.add(host, Account(0, 15_000, 15_000, 9, 0, {Consumer(Kind.PROGRAM, "quiet", "ann"): Used(9)}))
    lines = usage_lines()
    forget()
    take([HEADER, *(text.replace("quiet", "qu\\u202eiet\\u001b[31m") for text in lines)])
    assert Usage.objects.select_related("consumer").get().consumer.name == "quiet[31m"


def test_a_host_comes_with_usage_alone(host):
    use(host)
    lines = usage_lines()
    forget()
    take([HEADER, *lines])
    assert cpu_ms(1) == 270


def test_of_a_bucket_that_still_grows_the_heaviest_go_out_by_name_and_come_back_so(host):
    crowd = {
        Consumer(Kind.PROGRAM, f"job{number:03}", "ann"): Used(5 + number // 50) for number in range(200)
    }
    storing.add(host, Account(NOW_MS, NOW_MS + 15_000, 15_000, 2000, 2000 - cpu_of(crowd), used=crowd))
    [line] = [json.loads(text) for text in exported() if '"type":"usage"' in text]
    assert len(crowd) > len(line["consumers"]) >= 12
    assert line["others"][0] + sum(one[3] for one in line["consumers"]) == cpu_of(crowd)
    lines = exported()
    forget()
    take(lines)
    assert exported() == lines


def test_the_largest_that_is_taken_is_told_over_any_span(host):
    most, buckets, length_ms = 2**41 * 360, 5 * 365 * 4, 21_600_000
    numbers = [most] * 10
    for place in (1, 3, 7, 8, 9):
        numbers[place] = 2**31 - 1
    fields = {"v": 1, "type": "usage", "host": host.name, "tier": 360, "taken": True, "covered_ms": 21_600_000,
              "machine_cpu_ms": most, "not_seen_ms": 0, "others": numbers,
              "consumers": [["program", "huge", "", *numbers]]}  # fmt: skip
    newest = NOW_MS - NOW_MS % length_ms
    starts = range(newest - length_ms * (buckets - 1), newest + 1, length_ms)
    storing.put(host, [bucket(parse(json.dumps(fields | {"at": at}))[1]) for at in starts])
    for by in KINDS:
        found = telling.heaviest(host, by, starts[0], newest + length_ms, 100, 8)
        assert found["consumers"][0]["name"] == "huge"
    assert found["total"]["cpu_seconds"] == 2 * buckets * most / 1000


def test_a_file_system_of_petabytes_comes_back_and_is_told_over_years(host):
    size = 2**42 * 360 * 60
    held = PartUsed(360 * 60_000, size, size, 2**42)
    srv = Part(PartKind.FILE_SYSTEM, "/srv")
    six_hours = MINUTE - MINUTE % 360
    parts.put(host, [(360, six_hours - 360 * back, srv, held) for back in range(2000)])
    lines = exported()
    forget()
    take(lines)
    [found] = pasts.between(Host.objects.get(), NOW_MS - 500 * 86_400_000, NOW_MS + 1, 20)["parts"]
    assert found["figures"]["used_bytes"]["mean"] == 2**52


def test_a_minute_that_was_settled_here_is_never_added_to_the_coarser_tiers_again(host):
    def grow(seconds):
        start_ms = (MINUTE - 1) * 60_000 + seconds * 1000
        storing.add(host, Account(start_ms, start_ms + 15_000, 15_000, 50, 50, {}))

    grow(0)
    young = exported()
    grow(15)
    grown = exported()
    while settling.settle(host, growing=None):
        pass
    settled = exported()
    forget()
    for lines in (young, grown, settled, grown):
        take(lines)
        there = Host.objects.get()
        while settling.settle(there, growing=None):
            pass
    assert [cpu_ms(tier) for tier in TIERS] == [100] * 5


def test_what_waits_to_be_settled_here_and_was_there_is_in_the_coarser_tiers_once(host):
    storing.add(host, Account(NOW_MS, NOW_MS + 15_000, 15_000, 50, 50, {}))
    early = exported()
    while settling.settle(host, growing=None):
        pass
    late = exported()
    forget()
    for lines in (early, late):
        take(lines)
    there = Host.objects.get()
    while settling.settle(there, growing=None):
        pass
    assert [cpu_ms(tier) for tier in TIERS] == [50] * 5


def cpu_of(crowd):
    return sum(one.cpu_ms for one in crowd.values())
