"""Suspects: a process of evidence belongs to a consumer by what stays of its name, its unit and its user."""

import pytest

from monitor.collectors.domain.stable import stable
from monitor.diagnosis.evidence import Row
from monitor.metrics.usage import Consumer, Kind
from monitor.usage.domain.suspects import is_of, needle


@pytest.mark.parametrize(
    ("row", "consumer"),
    [
        (Row("rsync", unit="backup.service"), Consumer(Kind.SERVICE, "backup.service")),
        (Row("cc1", unit="run-r0123abcd4567ef89.scope"), Consumer(Kind.SERVICE, "run.scope")),
        (Row("postgres", unit="docker"), Consumer(Kind.CONTAINER, "docker: postgres")),
        (Row("make", user="ann"), Consumer(Kind.PROGRAM, "make", "ann")),
        (Row("make"), Consumer(Kind.PROGRAM, "make", "ann")),
        (Row("kworker/u8:2+flush-8:0"), Consumer(Kind.KERNEL, "kworker")),
        (Row("jbd2/sda1-8"), Consumer(Kind.KERNEL, "jbd2")),
        (Row("interrupts"), Consumer(Kind.KERNEL, "interrupts")),
        (Row("loadmon-sampler", unit="loadmon.service"), Consumer(Kind.LOADMON, "loadmon")),
        (Row("loadmon-burn"), Consumer(Kind.LOADMON, "load test")),
    ],
)
def test_a_process_is_its_consumers(row, consumer):
    assert is_of(row, consumer)


@pytest.mark.parametrize(
    ("row", "consumer"),
    [
        (Row("rsync", unit="nightly.service"), Consumer(Kind.SERVICE, "backup.service")),
        (Row("backup.service"), Consumer(Kind.SERVICE, "backup.service")),
        (Row("redis", unit="docker"), Consumer(Kind.CONTAINER, "docker: postgres")),
        (Row("make", user="bob"), Consumer(Kind.PROGRAM, "make", "ann")),
        (Row("make", unit="build.service", user="ann"), Consumer(Kind.PROGRAM, "make", "ann")),
        (Row("loadmon-burn"), Consumer(Kind.LOADMON, "loadmon")),
        (Row("python"), Consumer(Kind.LOADMON, "loadmon")),
        (Row("bash"), Consumer(Kind.SESSION, "session of ann")),
    ],
)
def test_another_process_is_not(row, consumer):
    assert not is_of(row, consumer)


@pytest.mark.parametrize(
    "name",
    ["nginx.service", "run-r0123abcd4567.scope", "app-firefox-4711.scope", "postgresql@16-main.service"],
)
def test_what_evidence_on_a_consumer_holds_is_part_of_every_name_of_it(name):
    assert needle(Consumer(Kind.SERVICE, stable(name))) in name


def test_a_name_without_certain_letters_narrows_nothing():
    assert needle(Consumer(Kind.PROGRAM, "x11")) == ""
