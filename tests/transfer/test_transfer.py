"""Export and import together: exact both ways, again and again, and after a kill in the middle."""

import json
import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from monitor.history.models import Sample
from monitor.metrics.catalogue import CATALOGUE, NAMES
from monitor.transfer import format
from monitor.transfer.exporting import Span, jsonl, samples_csv
from tests.factories import make_host, make_samples
from tests.stages.examples import examples
from tests.stages.servers import ROOT, Site, until
from tests.transfer.lines import exported, forget, take


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


known = st.sampled_from(NAMES).flatmap(
    lambda name: st.tuples(st.just(name), st.floats(0.0, CATALOGUE[name].highest))
)
values = st.lists(known, max_size=4).map(dict)
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
