"""Questions that come back, from Home to the last answer."""

from __future__ import annotations

from pathlib import Path

from nnlab.store import Progress
from nnlab.tui.screens.home import HomeScreen
from nnlab.tui.screens.recall import RecallScreen


def asking(pack: Path) -> None:
    """Give the pack's first question a recall."""
    script = pack / "t_test" / "t1_forms.py"
    again = 'recall=recall(numeric(lambda session: 0.5), setup=["data and"])'
    text = script.read_text().replace('{"no-bias": 0.0}))', '{"no-bias": 0.0}), ' + again + ")")
    script.write_text("from nnlab.lesson import recall\n" + text)
    for prose in (pack / "t_test").glob("*.md"):
        asked = "### recall\nAnd what is half?\n### mistake no-bias"
        prose.write_text(prose.read_text().replace("### mistake no-bias", asked))


async def test_a_question_that_is_due_is_asked_again_and_answered(start, pack) -> None:
    asking(pack)
    Progress().schedule("t1_forms", "number", 0.0)
    async with start(lesson_dirs=[pack]) as driver:
        await driver.loaded()
        await driver.shows("Questions that come back")
        assert "1 due" in driver.text
        driver.app.screen.query_one("#menu").go("recall")
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, RecallScreen))
        await driver.shows("And what is half?")
        await driver.type("0.5")
        await driver.press("enter")
        await driver.shows("comes back")
        await driver.press("n")
        await driver.until(lambda: isinstance(driver.app.screen, HomeScreen))
        await driver.until(lambda: "1 due" not in driver.text)
