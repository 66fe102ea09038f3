"""Dates as people write them, and in the one form that sorts: "may 3, 1998" becomes "1998-05-03"."""

from __future__ import annotations

from datetime import date

from nnlab.data.assemble import Raw
from nnlab.data.generated.draws import Draws, Options
from nnlab.data.generated.pairs import chinese, paired
from nnlab.data.text.characters import Characters
from nnlab.data.text.tokenizer import PADDING

MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
    "november", "december",
)  # fmt: skip
FORMS = {
    "en": ("{d} {month} {y}", "{month} {d}, {y}", "{short} {d} {y}", "{d}.{m}.{y}"),
    "zh": ("{y}年{m}月{d}日", "{digits}年{cm}月{cd}日", "{y}/{m}/{d}"),
}
FIRST, LAST = date(1950, 1, 1).toordinal(), date(2049, 12, 31).toordinal()


def written(day: date, form: str) -> str:
    """``day`` in one of :data:`FORMS`."""
    month = MONTHS[day.month - 1]
    return form.format(
        d=day.day, m=day.month, y=day.year, month=month, short=month[:3], cm=chinese(day.month),
        cd=chinese(day.day), digits="".join(chinese(int(k)) for k in str(day.year)),
    )  # fmt: skip


def dates(name: str, options: Options) -> Raw:
    """A day between 1950 and 2049 as somebody writes it, x (n, S), and as year-month-day, y (n, 11)."""
    draw, forms = Draws(options), FORMS[str(options["language"])]
    days = [date.fromordinal(FIRST + k) for k in draw.pick("day", LAST - FIRST + 1).tolist()]
    sources = [list(written(day, form)) for day, form in zip(days, draw.words("form", forms))]
    every = [date.fromordinal(date(2046, 1, 1).toordinal() + k) for k in range(3 * 365)]  # have every sign
    signs = sorted({sign for day in every for form in forms for sign in written(day, form)})
    reader, writer = Characters((PADDING, *signs)), Characters((PADDING, *"0123456789-"))
    return paired(sources, [list(day.isoformat()) for day in days], reader, writer, "date")
