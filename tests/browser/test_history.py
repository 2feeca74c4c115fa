"""The past on the page: every range, zoom and back, a link that shows the same, gaps, and what a failure looks like."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import DESKTOP
from tests.browser.mould import Cast
from tests.browser.reading import NOTE_DRAWING, chip, drawn_texts, points, slot

pytestmark = pytest.mark.browser

DAY_MS = 86_400_000
RANGES = {
    "1h": 3_600_000,
    "6h": 21_600_000,
    "24h": DAY_MS,
    "7d": 7 * DAY_MS,
    "30d": 30 * DAY_MS,
    "1y": 365 * DAY_MS,
}
BOUNDS = """() => {
  const { x } = Chart.getChart(document.querySelector('[data-chart="cpu"] canvas')).scales;
  return [x.min, x.max];
}"""
HISTORY = "**/api/v1/history?**"


@pytest.fixture(scope="module")
def site(mould):
    """Nine days of a demo host, sampled each minute, with one gap that has a reason."""
    with Cast(mould) as site:
        site.manage("seeddemo", "--days", "9", "--interval", "60")
        [(demo, newest)] = site.query(
            "select host_id, max(taken_at_ms) from monitor_sample where host_id ="
            " (select id from monitor_host where name = 'demo') group by 1"
        )
        site.execute(
            "delete from monitor_sample where host_id = ? and taken_at_ms > ? and taken_at_ms < ?",
            demo, newest - 7_200_000, newest - 3_600_000,
        )  # fmt: skip
        site.execute("delete from monitor_gap where host_id = ?", demo)
        site.execute(
            "insert into monitor_gap (host_id, start_ms, end_ms, kind, note) values (?, ?, ?, 'suspended', '')",
            demo, newest - 7_200_000, newest - 3_600_000,
        )  # fmt: skip
        site.start_web()
        yield site


@pytest.fixture
def look(tabs):
    """Opens an address of the demo host and waits until a span is shown."""

    def opened(query="", size=DESKTOP, **options):
        page = tabs(viewport=size, **options)
        page.goto(f"/?host=demo{query}")
        shown(page) if query else expect(chip(page)).to_be_visible()
        return page

    return opened


def shown(page):
    """Wait until what was asked for is on the charts."""
    expect(slot(page, "span-text")).to_contain_text(re.compile("means|single samples|No data"))
    expect(slot(page, "charts")).not_to_have_attribute("data-loading", re.compile(".*"))
    return page


def bounds(page):
    """Begin and end of the time axis."""
    return page.evaluate(BOUNDS)


def choose(page, key):
    """Pick a range and wait for its answer."""
    with page.expect_response(HISTORY):
        page.locator(f'input[name="range"][value="{key}"]').check()
    return shown(page)


def drag(page, start, end):
    """Drag over the CPU chart between two shares of its width; returns when the finer span is there."""
    box = page.locator('[data-chart="cpu"] canvas').bounding_box()
    across = [box["x"] + 60 + share * (box["width"] - 80) for share in (start, end)]
    page.mouse.move(across[0], box["y"] + 60)
    page.mouse.down()
    page.mouse.move(across[1], box["y"] + 60, steps=4)
    before = bounds(page)
    with page.expect_response(HISTORY):
        page.mouse.up()
    page.wait_for_function(f"(before) => ({BOUNDS})()[0] !== before", arg=before[0])
    return shown(page)


def focus(page):
    """Put the keyboard on the CPU chart."""
    page.locator('[data-chart="cpu"] [data-slot="box"]').focus()


def test_every_range_has_its_address_its_axis_and_its_words(look):
    page, said = look(), set()
    for key, width in RANGES.items():
        choose(page, key)
        expect(page).to_have_url(re.compile(rf"\?host=demo&range={key}$"))
        start, end = bounds(page)
        assert end - start == width
        expect(slot(page, "exceed-text")).to_contain_text(re.compile("verloaded.* in this span"))
        said.add(slot(page, "exceed-text").inner_text().partition("; ")[2].partition(")")[0])
    assert len(said) == 1  # whatever the range, the last one is the same


def test_a_wide_range_shows_a_mean_in_each_bucket(look):
    page = look("&range=7d")
    assert 300 < len(points(page)) <= 1000
    expect(slot(page, "span-text")).to_contain_text("-min means, band from lowest to highest")


def test_history_says_so_and_one_button_goes_back_to_live(look):
    page = look("&range=24h")
    expect(slot(page, "pause")).to_be_hidden()
    slot(page, "resume-live").click()
    expect(page).to_have_url(re.compile(r"\?host=demo$"))
    start, end = bounds(page)
    assert end - start == 1_200_000
    expect(slot(page, "pause")).to_be_visible()
    expect(slot(page, "resume-live")).to_be_hidden()


def test_a_drag_zooms_in_and_fetches_more_detail_and_escape_goes_back(look):
    page = look("&range=7d")
    before, address = bounds(page), page.url
    coarse = points(page)[1][0] - points(page)[0][0]
    drag(page, 0.4, 0.5)
    start, end = bounds(page)
    assert before[0] < start < end < before[1]
    assert (end - start) == pytest.approx(0.1 * 7 * DAY_MS, rel=0.1)
    assert points(page)[1][0] - points(page)[0][0] < coarse
    focus(page)
    page.keyboard.press("Escape")
    expect(page).to_have_url(address)


def test_back_and_forward_walk_through_what_was_seen(look):
    page = look("&range=24h")
    choose(page, "7d")
    drag(page, 0.2, 0.4)
    zoomed = page.url
    page.go_back()
    expect(page).to_have_url(re.compile("range=7d"))
    page.go_back()
    expect(page).to_have_url(re.compile("range=24h"))
    page.go_forward()
    page.go_forward()
    expect(page).to_have_url(zoomed)


def test_a_reloaded_or_shared_address_shows_the_same(look, tabs):
    page = look("&range=7d")
    drag(page, 0.3, 0.6)
    seen = (bounds(page), points(page), slot(page, "span-text").inner_text())
    page.reload()
    shown(page)
    assert (bounds(page), points(page), slot(page, "span-text").inner_text()) == seen
    other = tabs(viewport=DESKTOP)
    other.goto(page.url)
    shown(other)
    assert (bounds(other), points(other)) == seen[:2]


def test_the_keyboard_zooms_and_pans_and_plain_arrows_only_move_the_cursor(look):
    page = look("&range=24h")
    start, end = bounds(page)
    focus(page)
    page.keyboard.press("ArrowLeft")
    assert bounds(page) == [start, end]
    page.keyboard.press("Escape")
    with page.expect_response(HISTORY):
        page.keyboard.press("Shift+ArrowLeft")
    shown(page)
    page.wait_for_function(f"() => ({BOUNDS})()[1] < {end} - 5 * 3600000")
    assert bounds(page)[1] == pytest.approx(end - DAY_MS / 4, abs=60_000)
    with page.expect_response(HISTORY):
        page.keyboard.press("+")
    page.wait_for_function(f"() => ({BOUNDS})()[1] - ({BOUNDS})()[0] < {DAY_MS} * 0.6")


def test_arrow_keys_pan_from_live_into_the_past_while_nothing_has_the_focus(look):
    page = look()
    expect(slot(page, "more-buttons")).not_to_be_empty()
    _, end = bounds(page)
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"\?host=demo$"))
    with page.expect_response(HISTORY):
        page.keyboard.press("ArrowLeft")
    shown(page)
    expect(page).to_have_url(re.compile(r"start=.*&end="))
    assert bounds(page)[1] == pytest.approx(end - 300_000, abs=5000)
    with page.expect_response(HISTORY):
        page.keyboard.press("ArrowRight")
    page.wait_for_function(f"() => ({BOUNDS})()[1] > {end} - 200000")
    expect(page.locator("#chart-keys")).to_contain_text("While nothing has the focus")


def test_an_address_that_cannot_be_read_is_live_and_says_so(look):
    page = look()
    page.goto("/?host=demo&range=soon")
    expect(slot(page, "span-text")).to_contain_text('the range "soon", which does not exist. This is live.')


def test_from_to_shows_what_was_typed_and_refuses_the_impossible(look):
    page = look()
    page.locator('input[value="from-to"]').check()
    form = slot(page, "from-to")
    form.get_by_label("From").fill("2026-01-02T10:00")
    form.get_by_label("To").fill("2026-01-01T10:00")
    form.get_by_role("button", name="Show").click()
    expect(slot(page, "from-to-problem")).to_have_text("The end must lie after the start.")
    form.get_by_label("From").fill("2019-01-01T10:00")
    form.get_by_label("To").fill("2019-01-02T10:00")
    form.get_by_role("button", name="Show").click()
    expect(slot(page, "span-text")).to_contain_text(
        re.compile("^No data from .*nothing is stored from before")
    )


def test_a_gap_is_listed_with_its_reason(look):
    page = look("&range=6h")
    gaps = slot(page, "gap-list")
    gaps.locator("summary").click()
    expect(gaps).to_contain_text(re.compile(r"suspended, (1 h|59 min)"))


def test_alerts_that_are_not_drawn_are_told_with_a_link_to_all(look):
    page = look("&range=6h")
    expect(slot(page, "left-out")).to_be_hidden()

    def fewer(route):
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | {"alerts_left_out": 1234})

    page.route(HISTORY, fewer)
    choose(page, "7d")
    expect(slot(page, "left-out")).to_have_text(
        "1,234 older alerts are not drawn; zoom in, or see all alerts."
    )
    page.unroute(HISTORY)
    slot(page, "left-out-link").click()
    expect(page).to_have_url(re.compile(r"/alerts/\?host=demo&since=[\d-]{10}&until=[\d-]{10}$"))


def test_the_table_names_its_first_column_for_its_rows(look):
    page = look("&range=7d")
    page.locator('[data-slot="twin"] summary').click()
    expect(slot(page, "twin-head")).to_have_text("From")
    slot(page, "resume-live").click()
    expect(slot(page, "twin-head")).to_have_text("Minute")


def test_where_the_clock_is_set_back_the_axis_names_both_hours_and_the_zone_stands_by(look):
    query = "&start=2026-10-24T23:30:00Z&end=2026-10-25T02:30:00Z"
    page = look("", timezone_id="Europe/Berlin")
    page.add_init_script(NOTE_DRAWING)
    page.goto(f"/?host=demo{query}")
    shown(page)
    assert {"02:30", "CEST", "CET"} <= set(drawn_texts(page))
    expect(slot(page, "span-line")).to_contain_text("Times: Europe/Berlin")


def test_an_alert_in_the_log_leads_to_its_time(look):
    page = look()
    page.locator('[data-slot="log-rows"] a[data-range]').first.click()
    shown(page)
    expect(page).to_have_url(re.compile(r"start=.*Z&end=.*Z"))


def test_the_list_of_alerts_follows_the_span_and_live_is_that_of_now(look):
    page = look("&range=24h")
    told = page.evaluate(
        """async () => {
          const { x } = Chart.getChart(document.querySelector('[data-chart="cpu"] canvas')).scales;
          const [start, end] = [x.min, x.max].map((at) => new Date(at).toISOString());
          const query = new URLSearchParams({ host: "demo", metrics: "load1", points: 10, start, end });
          const { alerts } = await (await fetch(`/api/v1/history?${query}`)).json();
          return alerts.map(({ id }) => String(id));
        }"""
    )
    rows = slot(page, "log-rows").locator("tr")
    expect(rows).to_have_count(min(20, len(told)))
    listed = rows.evaluate_all("(all) => all.map((row) => row.dataset.alert)")
    assert set(listed) <= set(told)
    expect(slot(page, "log-of")).not_to_be_empty()
    expect(slot(page, "log-all")).to_have_attribute("href", re.compile("host=demo&since=.*&until="))
    page.goto("/?host=demo&start=2026-01-01T00:00:00Z&end=2026-01-01T01:00:00Z")
    expect(slot(page, "log-empty")).to_have_text("No alert stood in this span.")
    expect(slot(page, "log-rows").locator("tr")).to_have_count(0)
    slot(page, "resume-live").click()
    expect(slot(page, "log-rows").locator("tr")).to_have_count(20)
    expect(slot(page, "log-of")).to_be_empty()
    expect(slot(page, "log-all")).to_have_attribute("href", "/alerts/")


def test_from_the_mark_of_an_alert_on_a_chart_to_its_page_and_back_by_one_click_each(look):
    page = look("&range=24h")
    where = page.evaluate(
        """async () => {
          const chart = Chart.getChart(document.querySelector('[data-chart="cpu"] canvas'));
          const { x } = chart.scales;
          const query = new URLSearchParams({ host: "demo", metrics: "load1", points: 10,
                                              start: new Date(x.min).toISOString(), end: new Date(x.max).toISOString() });
          const { alerts } = await (await fetch(`/api/v1/history?${query}`)).json();
          const of = alerts.filter(({ metric, fired_at: at }) => metric === "cpu_percent" && at > x.min);
          const others = (one) => of.filter(({ id, fired_at: at }) => id !== one.id && Math.abs(at - one.fired_at) < 600000);
          const one = of.find((each) => !others(each).length);
          return [one.id, x.getPixelForValue(one.fired_at + 1000), chart.chartArea.top];
        }"""
    )
    box = page.locator('[data-chart="cpu"] [data-slot="box"]')
    box.scroll_into_view_if_needed()
    page.locator('[data-chart="cpu"] canvas').click(position={"x": where[1], "y": where[2] + 100})
    expect(page).to_have_url(re.compile("range=24h"))
    page.locator('[data-chart="cpu"] canvas').hover(position={"x": where[1], "y": where[2] + 3})
    expect(box).to_have_attribute("title", re.compile('^Open the alert "CPU'))
    page.locator('[data-chart="cpu"] canvas').click(position={"x": where[1], "y": where[2] + 3})
    expect(page).to_have_url(re.compile(rf"/alerts/{where[0]}/$"))
    page.get_by_role("link", name="Show on the dashboard").click()
    expect(page).to_have_url(re.compile(r"\?host=demo&start=.*Z&end=.*Z"))
    shown(page)
    expect(slot(page, "log-rows").locator(f'tr[data-alert="{where[0]}"]')).to_be_visible()


def test_a_failed_fetch_keeps_the_view_and_offers_another_try(look, tabs):
    tabs.allow("503")
    page = look("&range=24h")
    before = points(page)
    page.route(
        HISTORY, lambda route: route.fulfill(status=503, json={"ok": False, "error": "Busy just now."})
    )
    page.locator('input[value="7d"]').check()
    expect(slot(page, "span-text")).to_have_text("Busy just now.")
    expect(slot(page, "charts")).to_have_attribute("data-loading", "failed")
    assert points(page) == before
    page.unroute(HISTORY)
    page.get_by_role("button", name="Try again").click()
    shown(page)
    assert bounds(page)[1] - bounds(page)[0] == 7 * DAY_MS


def test_a_session_that_ended_is_told(look, tabs):
    tabs.allow("401")
    page = look()
    page.route(HISTORY, lambda route: route.fulfill(status=401, json={"ok": False, "error": "x"}))
    page.locator('input[value="7d"]').check()
    expect(slot(page, "span-text")).to_have_text("Your session has ended: log in to see history.")


def test_what_was_asked_for_last_is_said_to_be_loading(look):
    page = look()
    held = []
    page.route(HISTORY, lambda route: held.append(route))
    page.locator('input[value="30d"]').check()
    expect(slot(page, "span-text")).to_have_text("Loading the last 30 d ...")
    page.locator('input[value="24h"]').check()
    expect(slot(page, "span-text")).to_have_text("Loading the last 24 h ...")


def test_an_answer_that_comes_too_late_is_dropped(look):
    page = look()
    late = []
    page.route(
        HISTORY,
        lambda route: late.append(route) if not late else route.continue_(),
    )
    page.locator('input[value="30d"]').check()
    page.wait_for_function(
        "() => document.querySelector('[data-slot=\"span-text\"]').textContent.startsWith('Loading')"
    )
    page.locator('input[value="24h"]').check()
    shown(page)
    assert bounds(page)[1] - bounds(page)[0] == DAY_MS
    assert len(late) == 1
