"""What the palette finds: every action, screen, lesson, theme, setting and key, in English and 中文."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.markup import escape

from nnlab.i18n import CATALOGUES, LANGUAGES, N_, _, current_language
from nnlab.tui.app import THEME_NAMES, NnlabApp
from nnlab.tui.keys import KEYS
from nnlab.tui.messages import Act, TypeAction
from nnlab.tui.screens.base import NnlabScreen


@dataclass(frozen=True, slots=True)
class Command:
    """One entry; ``words`` are what it is searched by, besides its title."""

    title: str
    help: str
    words: tuple[str, ...]
    do: Callable[[], object]
    rank: int = 0


CARD = 72
"""Columns of the text of a card."""
LONGEST = 44
"""Cells of an action's syntax that are shown; the action line tells the rest."""


@lru_cache(maxsize=4)
def _catalogue(language: str) -> gettext.NullTranslations:
    return gettext.translation("nnlab", CATALOGUES, [language], fallback=True)


def in_all_languages(message: str) -> tuple[str, ...]:
    """``message`` in every language of the interface, without repeats."""
    return tuple(dict.fromkeys(_catalogue(language).gettext(message) for language in LANGUAGES))


SCREENS = (
    ("home", N_("Home"), N_("the course, and what to continue")),
    ("lab", N_("Lab"), N_("the bench at hand")),
    ("new", N_("New bench"), N_("an empty bench")),
    ("settings", N_("Settings"), N_("language, colours, motion and more")),
    ("help", N_("Help"), N_("what can be done here")),
    ("quit", N_("Quit"), N_("leave nnlab; everything is kept")),
)


def commands(app: NnlabApp) -> Iterator[Command]:
    """Everything, the nearest things first."""
    yield from _screens(app)
    yield from _keys(app)
    yield from _lessons(app)
    yield from _cards(app)
    yield from _actions(app)
    yield from _ready_made(app)
    yield from _looks(app)


def _screens(app: NnlabApp) -> Iterator[Command]:
    doings: dict[str, Callable[[], object]] = {
        "home": app.go_home,
        "lab": app.open_lab,
        "new": lambda: app.open_lab(resume=False),
        "settings": app.open_settings,
        "help": lambda: app.simulate_key("question_mark"),
        "quit": app.leave,
    }
    for name, title, help in SCREENS:
        yield Command(_(title), _(help), (*in_all_languages(title), *in_all_languages(help)), doings[name], 3)


def _keys(app: NnlabApp) -> Iterator[Command]:
    screen = _front(app)
    for id in screen.keys_here() if screen is not None else ():
        key = KEYS[id]
        if id in ("move", "enter", "out"):
            continue
        title = f"{_(key.label)}  ({key.shown})"
        words = (*in_all_languages(key.label), *in_all_languages(key.help))
        yield Command(title, _(key.help), words, partial(app.simulate_key, key.keys[0]), 2)


def _front(app: NnlabApp) -> NnlabScreen | None:
    """The screen below the palette."""
    return next((screen for screen in reversed(app.screen_stack) if isinstance(screen, NnlabScreen)), None)


def _lessons(app: NnlabApp) -> Iterator[Command]:
    for stop in app.atlas.stops:
        title = _("Lesson {id}  {title}", id=stop.id, title=stop.title)
        words = (stop.name, *_titles(app, stop.name))
        yield Command(title, stop.promise, words, partial(app.open_lesson, stop.name), 1)


def _titles(app: NnlabApp, name: str) -> tuple[str, ...]:
    from nnlab.lesson.find import find_lesson

    entry = find_lesson(name, app.lesson_dirs)
    return tuple(entry.title(language) for language in LANGUAGES)


def _cards(app: NnlabApp) -> Iterator[Command]:
    """Short texts of the course, by their titles in every language."""
    for slug, title, begins, words in _titles_of_cards(tuple(map(str, app.lesson_dirs)), current_language()):
        yield Command(_("Card  {title}", title=title), begins, words, partial(_show_card, app, slug))


@lru_cache(maxsize=4)
def _titles_of_cards(
    dirs: tuple[str, ...], language: str
) -> tuple[tuple[str, str, str, tuple[str, ...]], ...]:
    """(name, title, how it begins, what it is searched by) of every card; read once."""
    from nnlab.lesson.cards import find_cards

    titles: dict[str, list[str]] = {}
    for other in LANGUAGES:
        for card in find_cards(dirs, other):
            titles.setdefault(card.slug, [card.slug]).append(card.title)
    return tuple(
        (card.slug, card.title, card.text.splitlines()[0], tuple(titles[card.slug]))
        for card in find_cards(dirs, language)
    )


def _show_card(app: NnlabApp, slug: str) -> None:
    from nnlab.lesson.card_action import card_lines, opens
    from nnlab.lesson.cards import load_card
    from nnlab.tui.screens.answer import AnswerScreen

    card = load_card(slug, app.lesson_dirs)
    lines = opens(card, app.lesson_dirs)
    app.push_screen(AnswerScreen(f"card {slug}", card_lines(card, lines, CARD), lines))


def _actions(app: NnlabApp) -> Iterator[Command]:
    """Actions without arguments are done, others are begun on the action line."""
    if not app.loaded:
        return
    from nnlab.session.action import ACTIONS

    for name, action in ACTIONS.items():
        words = (name, *action.aliases, *in_all_languages(action.help))
        whole = action.syntax == name
        shown = action.syntax if len(action.syntax) <= LONGEST else f"{name} …"
        yield Command(f": {shown}", _(action.help), words, partial(_begin, app, name, whole))


def _ready_made(app: NnlabApp) -> Iterator[Command]:
    """Data sets and optimisers, ready to be taken."""
    if not app.loaded:
        return
    from nnlab.data.imported import catalogue
    from nnlab.engine.optimizers import OPTIMIZERS

    for name, spec in catalogue().items():
        words = (name, *in_all_languages(spec.help))
        yield Command(f": data {name}", _(spec.help), words, partial(app.act, f"data {name}"))
    for name in OPTIMIZERS:
        line = f"optimizer {name}"
        yield Command(f": {line}", _("choose the optimiser"), (name, line), partial(app.act, line))


def _begin(app: NnlabApp, name: str, whole: bool) -> None:
    if whole:
        app.post_message(Act(name))
    else:
        app.screen.post_message(TypeAction(f"{name} "))


def _looks(app: NnlabApp) -> Iterator[Command]:
    from nnlab.tui.themes import theme_titles

    titles = theme_titles()
    for setting, theme in THEME_NAMES.items():
        yield Command(
            _("Theme: {name}", name=titles[theme]),
            _("colours of the interface"),
            (setting, theme, *in_all_languages("Theme: {name}"), *in_all_languages(setting)),
            partial(app.change_setting, "theme", setting),
        )
    for code, name in LANGUAGES.items():
        yield Command(
            _("Language: {name}", name=name),
            _("language of the interface"),
            (code, name, *in_all_languages("Language: {name}")),
            partial(app.change_setting, "language", code),
        )


class NnlabCommands(Provider):
    """Textual's palette asks this."""

    def _all(self) -> Iterator[Command]:
        app = self.app
        assert isinstance(app, NnlabApp)
        return commands(app)

    async def discover(self) -> Hits:
        for command in self._all():
            yield DiscoveryHit(
                Content(command.title), command.do, text=command.title, help=escape(command.help)
            )

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        folded = query.casefold().strip()
        for command in self._all():
            titled = matcher.match(command.title)
            score = max(titled, *(_likeness(folded, word) for word in (command.title, *command.words)))
            if score > 0:
                shown = matcher.highlight(command.title) if titled else Content(command.title)
                help = escape(command.help)
                yield Hit(score + command.rank / 100, shown, command.do, text=command.title, help=help)


def _likeness(query: str, text: str) -> float:
    """How well a word or a sentence holds ``query``: as a whole, at its beginning, somewhere."""
    folded = text.casefold()
    if not query or query not in folded:
        return 0.0
    if folded == query:
        return 3.0
    return 2.0 if folded.startswith(query) else 0.8
