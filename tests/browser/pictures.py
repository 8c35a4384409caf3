"""A picture of every screen in both themes and at both widths: `make screenshots` runs this."""

import os
import re
from pathlib import Path

import pytest

from tests.browser.conftest import NARROW, WIDE, Site, Visit
from tests.browser.stages import stages

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.mark.timeout(900)
def test_takes_a_picture_of_every_screen(visit: Visit, site: Site) -> None:
    folder = CHECKOUT / (os.environ.get("SCREENSHOTS") or "screenshots")
    folder.mkdir(exist_ok=True)
    wanted = re.compile(os.environ.get("SCREENS") or ".")
    count = 0
    for stage in stages(visit, site, WIDE):
        screens = [each for each in stage.screens if wanted.match(each.name)]
        for theme in ("light", "dark"):
            stage.wear(theme, os.environ.get("SCREENS_LANGUAGE") or "en")
            for size in (WIDE, NARROW):
                stage.page.set_viewport_size(size)
                for screen in screens:
                    stage.show(screen)
                    name = f"{screen.name}-{size['width']}-{theme}.png"
                    stage.page.screenshot(path=folder / name, full_page=True)
                    count += 1
    assert len(list(folder.glob("*.png"))) >= count > 0
