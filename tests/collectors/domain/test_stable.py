"""Stable names: thousands that differ by what is new each time are one, and what people call things stays."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collectors.domain.stable import NOTHING_STAYS, stable
from monitor.metrics.text import harmless

NEW_EACH_TIME = {
    "run-r0f3c5e1a2b4d4c6e8f9a0b1c2d3e4f50.scope": "run.scope",
    "run-u17.service": "run.service",
    "run-1234.scope": "run.scope",
    "run-p4711-i4712.service": "run.service",
    "app-gnome-firefox-4711.scope": "app-gnome-firefox.scope",
    "app-gnome-org.gnome.Terminal-22.scope": "app-gnome-org.gnome.Terminal.scope",
    "app-firefox@3c5e1a2b4d4c6e8f9a0b1c2d3e4f5061.service": "app-firefox.service",
    "snap.firefox.firefox-0b0f7b2e-6a8c-4c4f-9a52-3a8d5ad1f6b1.scope": "snap.firefox.firefox.scope",
    "vte-spawn-0b0f7b2e-6a8c-4c4f-9a52-3a8d5ad1f6b1.scope": "vte-spawn.scope",
    "sshd@12-10.0.0.1:22-10.0.0.99:53211.service": "sshd.service",
    "sshd@12-2001:db8::1:22-fe80::99:53211.service": "sshd.service",
    "systemd-coredump@17-4242-0.service": "systemd-coredump.service",
    "dbus-:1.1234-org.freedesktop.problems@0.service": "dbus-org.freedesktop.problems@0.service",
    "backup-2026-03-01.service": "backup.service",
    "session-17.scope": "session.scope",
    "runner-3f2a9c1e-project-12345-concurrent-0": "runner-project-concurrent-0",
    "nginx-7d9c6b8f5d-x2x9z": "nginx",
    "shop_web_run_a1b2c3d4e5f6": "shop_web_run",
    "tmp.8fJ2kLmQ3x": "tmp",
    "conftest12345": "conftest",
    "storm-0042": "storm",
    "kworker/u8:2+flush-8:0": "kworker",
    "3f2a9c1e-7b4d-4": NOTHING_STAYS,
}
CHOSEN = (
    "nginx.service", "postgresql@16-main.service", "postgresql-16.service", "redis@6379.service", "user@1000.service",
    "php8.2-fpm.service", "getty@tty1.service", "python3.12", "gcc-13", "x86_64-linux-gnu-gcc", "sha256sum", "e2fsck",
    "ext4lazyinit", "x11vnc", "b2sum", "k3s", "ThreadPoolForeg", "postgres: writer", "-bash", "(sd-pam)", "systemd",
    "worker-2", "cafe", "deadbeat", "überwacher", "snap.lxd.daemon.service", "node-18", "libuv-worker", "d3d9", "tmpwatch",
    "tmpfiles-clean", "tmp_cleaner",
)  # fmt: skip


@pytest.mark.parametrize("name", NEW_EACH_TIME)
def test_what_is_new_each_time_goes(name):
    assert stable(name) == NEW_EACH_TIME[name]


@pytest.mark.parametrize("name", CHOSEN)
def test_what_people_chose_stays(name):
    assert stable(name) == name


@given(
    st.integers(0, 2**128 - 1),
    st.sampled_from(["app-{}.scope", "build-{}", "{}.service", "job_{}_x", "a.{}"]),
)
def test_all_ids_in_one_place_come_to_one_name(number, pattern):
    one, other = (stable(pattern.format(made)) for made in (uuid.UUID(int=number), uuid.UUID(int=2**127)))
    assert one == other


@given(
    st.text(max_size=90)
    | st.from_regex(r"[a-z]{1,8}[-_.@:][0-9a-f]{1,40}(\.scope|\.service)?", fullmatch=True)
)
def test_a_stable_name_is_harmless_short_and_stays_what_it_is(name):
    made = stable(name)
    assert 0 < len(made) <= 64
    assert harmless(made) == made
    assert stable(made) == made or made.endswith("...") or "?" in made


def test_a_long_name_that_is_cut_leaves_no_part_of_an_id():
    names = {stable(f"snap.{'a-rather-long-word.' * 3}{uuid.uuid4()}.scope") for _ in range(50)}
    assert len(names) == 1


def test_text_of_others_is_made_harmless():
    assert stable("evil\x1b[31m\u202e.service").isprintable()
