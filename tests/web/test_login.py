"""One-time login links on the web: looking at one changes nothing, one button logs in, and only once."""

import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client

from monitor.access import login_links

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("public")]


@pytest.fixture
def link() -> str:
    """A link for the administrator, as the command line prints it."""
    user, _ = login_links.ensure_administrator()
    return login_links.login_link(user, "")


def fields(link: str, **more: str) -> dict[str, str]:
    """What the form of the page of `link` sends."""
    return {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()} | more


def who(client: Client) -> str:
    """Whom the site takes `client` for."""
    user = client.get("/login/").wsgi_request.user
    return user.get_username()


def test_the_page_of_a_link_names_whom_it_logs_in_and_the_button_does_it(client, link) -> None:
    answer = client.get(link)
    assert answer.status_code == 200
    assert b"<strong>admin</strong>" in answer.content
    assert answer.content.count(b"<button") == 1
    assert b"<script src" not in answer.content.partition(b"<body")[2], "it works without scripts"
    answer = client.post("/login/link/", fields(link))
    assert (answer.status_code, answer["Location"], who(client)) == (302, "/", "admin")


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_what_opens_links_to_look_at_them_logs_nobody_in_and_uses_nothing_up(client, link, method) -> None:
    for _ in range(3):
        assert getattr(client, method)(link).status_code == 200
    assert not Session.objects.exists()
    assert User.objects.get().last_login is None
    assert Client().post("/login/link/", fields(link)).status_code == 302


def test_a_link_that_was_used_is_refused_by_a_sentence_at_its_page_and_at_its_button(client, link) -> None:
    client.post("/login/link/", fields(link))
    for answer in (Client().get(link), Client().head(link), Client().post("/login/link/", fields(link))):
        assert answer.status_code == 403
    assert b"does not work any more" in Client().post("/login/link/", fields(link)).content
    assert Session.objects.count() == 1


def test_the_button_needs_the_token_of_a_form_of_this_site(link) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/login/link/", fields(link)).status_code == 403
    found = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', strict.get(link).content)
    sent = fields(link, csrfmiddlewaretoken=found[1].decode())
    assert strict.post("/login/link/", sent, headers={"Origin": "http://testserver"}).status_code == 302


def test_the_button_takes_its_token_from_the_form_alone(client, link) -> None:
    assert client.post(link, {}).status_code == 403
    assert User.objects.get().last_login is None


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_a_link_takes_no_other_method(client, link, method) -> None:
    assert getattr(client, method)(link).status_code == 405


@pytest.mark.parametrize("token", ["", "x", "\0", "\udc80", "A" * 5000, "AAAAAQz5h" * 3, ":::", "٣" * 24])
def test_what_is_no_link_is_refused_by_a_sentence(client, caplog, token) -> None:
    sent = urlencode({"sesame": token.encode("utf-8", "surrogateescape")})
    form = "application/x-www-form-urlencoded"
    for answer in (client.get(f"/login/link/?{sent}"), client.post("/login/link/", sent, content_type=form)):
        assert answer.status_code == 403
        assert b"does not work any more" in answer.content
    assert not any(record.exc_info for record in caplog.records)


@pytest.mark.parametrize(
    ("wanted", "location"),
    [
        ("/alerts/?q=a", "/alerts/?q=a"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("http://testserver/alerts/", "http://testserver/alerts/"),
    ],
)
def test_a_link_leads_to_a_page_of_this_site_alone(client, link, wanted, location) -> None:
    page = client.get(f"{link}", {**fields(link), "next": wanted})
    assert (b'name="next"' in page.content) is (location != "/")
    assert client.post("/login/link/", fields(link, next=wanted))["Location"] == location


def test_the_address_of_a_link_stays_here(client, link) -> None:
    for answer in (client.get(link), Client().get("/login/link/?sesame=x")):
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cache-Control"] == "no-store"
        assert "noindex" in answer["X-Robots-Tag"]
        assert "form-action 'self'" in answer["Content-Security-Policy"]
