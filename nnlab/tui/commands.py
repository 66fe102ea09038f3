"""What the palette finds: every action, screen, lesson, theme, setting and key, in English and 中文."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content
from textual.markup import escape

from nnlab.i18n import CATALOGUES, LANGUAGES, N_, _
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
    yield from _actions(app)
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
        yield Command(title, _(key.help), words, lambda key=key: app.simulate_key(key.keys[0]), 2)  # type: ignore[misc]


def _front(app: NnlabApp) -> NnlabScreen | None:
    """The screen below the palette."""
    return next((screen for screen in reversed(app.screen_stack) if isinstance(screen, NnlabScreen)), None)


def _lessons(app: NnlabApp) -> Iterator[Command]:
    for stop in app.atlas.stops:
        title = _("Lesson {id}  {title}", id=stop.id, title=stop.title)
        words = (stop.name, *_titles(app, stop.name))
        yield Command(title, stop.promise, words, lambda name=stop.name: app.open_lesson(name), 1)  # type: ignore[misc]


def _titles(app: NnlabApp, name: str) -> tuple[str, ...]:
    from nnlab.lesson.find import find_lesson

    entry = find_lesson(name, app.lesson_dirs)
    return tuple(entry.title(language) for language in LANGUAGES)


def _actions(app: NnlabApp) -> Iterator[Command]:
    """Actions without arguments are done, others are begun on the action line."""
    if not app.loaded:
        return
    from nnlab.session.action import ACTIONS

    for name, action in ACTIONS.items():
        words = (name, *action.aliases, *in_all_languages(action.help))
        whole = action.syntax == name
        yield Command(f": {action.syntax}", _(action.help), words, lambda n=name, w=whole: _begin(app, n, w))  # type: ignore[misc]


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
            lambda setting=setting: app.change_setting("theme", setting),  # type: ignore[misc]
        )
    for code, name in LANGUAGES.items():
        yield Command(
            _("Language: {name}", name=name),
            _("language of the interface"),
            (code, name, *in_all_languages("Language: {name}")),
            lambda code=code: app.change_setting("language", code),  # type: ignore[misc]
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
        for command in self._all():
            titled = matcher.match(command.title)
            best = max([titled, *(matcher.match(text) for text in command.words)])
            if best > 0:
                shown = matcher.highlight(command.title) if titled else Content(command.title)
                yield Hit(
                    best + command.rank / 100,
                    shown,
                    command.do,
                    text=command.title,
                    help=escape(command.help),
                )
