"""Gaps of the live window: hatched with their reason, and listed."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import expect

from tests.browser.fakesocket import FakeSocket
from tests.browser.reading import NOTE_DRAWING, drawn_texts, slot

pytestmark = pytest.mark.browser


def test_a_gap_of_the_live_window_tells_its_reason_as_soon_as_the_server_does(site, page):
    site.freshen()
    page.add_init_script(NOTE_DRAWING)
    socket = FakeSocket(page)
    first = socket.open("/?host=gappy")
    socket.greet(first)
    gaps = slot(page, "gap-list")
    gaps.locator("summary").click()
    expect(gaps.get_by_role("listitem")).to_have_text(re.compile("no data, (5 min|4 min 59 s)"))
    times = first["window"]["times"]
    start, end = next(pair for pair in pairwise(times) if pair[1] - pair[0] > 5000)
    known = {"start_at": start, "end_at": end, "kind": "suspended", "note": ""}
    socket.say("status", at=first["server_time"], sampler=first["sampler"], gaps=[known])
    expect(gaps.get_by_role("listitem")).to_have_text(re.compile("suspended, 5 min"))
    assert any(re.fullmatch(r"suspended \d\d:\d\d–\d\d:\d\d", text) for text in drawn_texts(page))
