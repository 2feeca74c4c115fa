"""What axe holds against a page, and the sizes and themes in which it is asked."""

import pytest
from axe_playwright_python.sync_playwright import Axe

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 900}
THEMES = pytest.mark.parametrize("theme", ["light", "dark"])
TOLERATED: dict[str, str] = {}  # rule of axe: why we live with it; of moderate or minor impact only


def violations(page):
    """What axe holds against the page, one line each."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{one['impact']}: {one['id']}: {one['help']}: {node['html'][:120]}"
        for one in found
        for node in one["nodes"]
        if one["id"] not in TOLERATED or one["impact"] in ("serious", "critical")
    ]
