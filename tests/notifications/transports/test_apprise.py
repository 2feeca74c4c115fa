"""Apprise: a real service of it against a real server, and the fence around it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from monitor.notifications.domain.delivery import Answer, Target
from monitor.notifications.transports import apprise, apprise_child, deliver, refusal, shown
from tests.stages.receivers import MESSAGE, Web
from tests.stages.rude import rude_server, say_nothing, thank_for_ever

FENCED = {"action": "send", "title": "t", "body": "b", "kind": "info", "allow_private": False}


def told(url: str) -> Answer:
    """What became of one message."""
    return deliver(Target("ops", "apprise", url), MESSAGE)


def test_a_message_goes_out_by_a_real_service(web: Web):
    assert told(f"json://127.0.0.1:{web.port}/T0P5ECRET") == Answer(True, "Accepted by JSON.")
    [document] = web.documents()
    assert document["title"] == MESSAGE.subject
    assert document["type"] == "failure"
    assert document["message"].startswith("Load fired.")
    assert document["message"].endswith(MESSAGE.link)


@pytest.mark.parametrize(("is_over", "type_"), [(True, "success"), (False, "failure")])
def test_only_what_is_over_is_told_as_a_success(web: Web, is_over, type_):
    message = dataclasses.replace(MESSAGE, kind="digest", is_over=is_over)
    deliver(Target("ops", "apprise", f"json://127.0.0.1:{web.port}/"), message)
    assert web.documents()[0]["type"] == type_


@pytest.mark.parametrize(("status", "permanent"), [(403, True), (500, False)])
def test_what_the_service_answers_is_told(web: Web, status, permanent):
    web.status = status
    answer = told(f"json://user:T0P5ECRET@127.0.0.1:{web.port}/T0P5ECRET")
    assert (answer.delivered, answer.permanent) == (False, permanent)
    assert f"error={status}" in answer.text
    assert "T0P5ECRET" not in answer.text


def test_a_name_of_a_process_calls_nobody(web: Web):
    message = dataclasses.replace(MESSAGE, text="<!channel> @everyone [free](https://evil.example)")
    deliver(Target("ops", "apprise", f"json://127.0.0.1:{web.port}/"), message)
    sent = web.documents()[0]["message"]
    assert not [one for one in ("<!channel>", "@everyone", "](") if one in sent]


def test_a_service_that_does_not_answer_does_not_hold_us(settings, monkeypatch):
    settings.LOADMON_PRIVATE_RECEIVERS = True
    monkeypatch.setattr(apprise, "TOTAL_SECONDS", 2.0)
    with rude_server(say_nothing) as port:
        assert told(f"json://127.0.0.1:{port}/") == Answer(False, "No answer within 2 s.")


def test_a_service_that_thanks_for_ever_has_the_message(settings, monkeypatch):
    settings.LOADMON_PRIVATE_RECEIVERS = True
    monkeypatch.setattr(apprise, "TOTAL_SECONDS", 60.0)
    monkeypatch.setattr(apprise, "ANSWER_SECONDS", 0.5)
    with rude_server(thank_for_ever(b"Content-Length: 5000\r\n")) as port:
        assert told(f"json://127.0.0.1:{port}/") == Answer(True, "Accepted by JSON.")


@pytest.mark.parametrize("host", ["localhost", "[::1]"])
def test_nothing_of_this_machine_is_reached_unless_that_is_allowed(web: Web, settings, host):
    settings.LOADMON_PRIVATE_RECEIVERS = False
    answer = told(f"json://{host}:{web.port}/")
    assert (answer.delivered, answer.permanent, web.got) == (False, True, [])
    assert answer.text.startswith("Nothing is sent there: the host is a private address.")


def test_a_file_of_this_machine_is_not_read_into_a_message(web: Web, tmp_path: Path):
    secret = tmp_path / "template.json"
    secret.write_text('{"text": "T0P5ECRET"}')
    url = f"workflow://127.0.0.1:{web.port}/{'a' * 32}/{'b' * 43}/?template={secret}"
    assert told(url) == Answer(False, "The URL asks for a file of this machine, which is not allowed.", True)
    assert web.got == []


@pytest.mark.parametrize("scheme", sorted(apprise_child.LOCAL_SCHEMES))
def test_what_reaches_only_this_machine_is_not_used(scheme):
    found = apprise_child.carry_out({**FENCED, "url": f"{scheme}://localhost"})
    assert found == {"refused": f"{scheme}:// reaches only this machine itself, and is not used."}


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("nonsense", "Give an Apprise URL such as ntfys://ntfy.sh/topic, without spaces."),
        ("pigeon://roof", "Apprise does not understand this pigeon:// URL."),
        ("slack://x", "Apprise does not understand this slack:// URL."),
        ("syslog://x", "syslog:// reaches only this machine itself, and is not used."),
        ("ntfys://ntfy.sh/topic", ""),
    ],
)
def test_a_url_is_checked_before_it_is_saved(url, sentence):
    assert refusal("apprise", url) == sentence


def test_only_the_scheme_is_shown():
    assert shown("apprise", "slack://T0P5ECRET/B/C") == "slack://..."


def fence(allow_private: bool = False) -> apprise_child.Fence:
    """The audit hook, called by hand."""
    return apprise_child.Fence(allow_private)


@pytest.mark.parametrize(
    ("event", "arguments"),
    [
        ("socket.connect", (None, ("127.0.0.1", 80))),
        ("socket.connect", (None, ("::ffff:10.0.0.1", 80, 0, 0))),
        ("socket.connect", (None, "/run/secret.sock")),
        ("socket.connect", (None, ("rebinding.example", 80))),
        ("socket.sendto", (None, ("192.168.0.1", 514))),
        ("open", ("/etc/passwd", "r", 0)),
        ("open", (f"{apprise_child.sys.prefix}/x", "w", apprise_child.os.O_WRONLY)),
        ("subprocess.Popen", ("/bin/sh", [], None, None)),
        ("os.system", (b"id",)),
        ("os.posix_spawn", ("/bin/sh", [], {})),
        ("os.remove", ("/tmp/x", -1)),
    ],
)
def test_the_fence_holds(event, arguments):
    hook = fence()
    with pytest.raises(apprise_child.Fenced):
        hook(event, arguments)
    assert hook.held_back


@pytest.mark.parametrize(
    ("event", "arguments"),
    [
        ("socket.connect", (None, ("93.184.216.34", 443))),
        ("open", (apprise_child.os.__file__, "r", 0)),
        ("open", ("/dev/null", "w", apprise_child.os.O_WRONLY)),
        ("open", (3, "r", 0)),
        ("import", ("json",)),
    ],
)
def test_the_fence_lets_the_needful_through(event, arguments):
    fence()(event, arguments)


def test_private_addresses_are_let_through_where_the_operator_says_so():
    fence(allow_private=True)("socket.connect", (None, ("127.0.0.1", 80)))
