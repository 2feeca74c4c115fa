"""Names of control groups: who the consumer is, told by the path."""

import pytest

from monitor.collectors.domain.group_names import here_consumer, home_consumer, rest_consumer, user_id
from monitor.metrics.usage import Consumer, Kind

ID = "0123456789ab" + "c" * 52
SESSION = "/user.slice/user-1000.slice/session-3.scope"
APP = "/user.slice/user-1000.slice/user@1000.service/app.slice/app-gnome-firefox-4711.scope"


def named(engine, told):
    return f"{engine} of {told[:4]}"


@pytest.mark.parametrize(
    ("path", "consumer"),
    [
        ("/system.slice/nginx.service", Consumer(Kind.SERVICE, "nginx.service")),
        ("/system.slice/nginx.service/worker", Consumer(Kind.SERVICE, "nginx.service")),
        ("/system.slice/run-r0f3c5e1a2b4d4c6e8f9a0b1c2d3e4f50.scope", Consumer(Kind.SERVICE, "run.scope")),
        (APP, Consumer(Kind.SERVICE, "app-gnome-firefox.scope", "anna")),
        (f"/system.slice/docker-{ID}.scope", Consumer(Kind.CONTAINER, "docker of 0123")),
        (f"/docker/{ID}", Consumer(Kind.CONTAINER, "docker of 0123")),
        (f"/machine.slice/libpod-{ID}.scope/container", Consumer(Kind.CONTAINER, "podman of 0123")),
        ("/lxc.payload.web-01", Consumer(Kind.CONTAINER, "web-01")),
        ("/machine.slice/machine-qemu\\x2d17\\x2dbuilder.scope", Consumer(Kind.CONTAINER, "builder")),
        ("/machine.slice/systemd-nspawn@deb.service/payload", Consumer(Kind.CONTAINER, "deb")),
        ("/", None), ("/system.slice", None), ("/init.scope", None), (SESSION, None), ("/user.slice", None),
        ("/some/directory", None), ("/docker", None),
    ],
)  # fmt: skip
def test_a_service_or_container_is_the_consumer_of_all_of_its_group(path, consumer):
    user = "anna" if user_id(path) else ""
    assert home_consumer(path, user, named) == consumer


def test_what_came_and_went_in_a_divided_group_is_told_by_where_that_was():
    assert rest_consumer("/", "") == Consumer(Kind.PROGRAM, "short-lived tasks")
    assert rest_consumer(SESSION, "anna") == Consumer(Kind.SESSION, "short-lived tasks", "anna")
    assert rest_consumer("/system.slice", "") == Consumer(Kind.SERVICE, "short-lived in system.slice")


def test_a_divided_group_as_a_whole_is_a_session_or_its_own_name():
    assert here_consumer(SESSION, "anna") == Consumer(Kind.SESSION, "session", "anna")
    assert here_consumer("/init.scope", "") == Consumer(Kind.SERVICE, "init.scope")


def test_hostile_names_are_made_harmless():
    consumer = home_consumer("/system.slice/a\\x1b[31m\u202e.service", "", named)
    assert consumer is not None
    assert consumer.name.isprintable()
    assert rest_consumer("/\x1b[2J\n", "").name.isprintable()
