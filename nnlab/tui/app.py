"""The app: screens, settings, the session on the bench, and leaving with everything kept.

The first paint imports neither NumPy nor the session: Home is drawn first, then a worker thread loads the
engine and reads the store.  All actions and lesson calls go through one pair of hands (a thread), so that
they happen in the order of the keys and never hold up the screen.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual import on
from textual.binding import Binding, BindingType
from textual.events import Event, InputEvent
from textual.screen import Screen

from nnlab import settings as settings_module
from nnlab.errors import NnlabError
from nnlab.i18n import _, set_language
from nnlab.settings import Settings
from nnlab.tui import shelf
from nnlab.tui.atlas import Atlas, remembered
from nnlab.tui.breakdown import record
from nnlab.tui.capabilities import Capabilities, detect
from nnlab.tui.covered import Covered
from nnlab.tui.drawing import DrawingApp
from nnlab.tui.hands import Hands
from nnlab.tui.keys import bindings
from nnlab.tui.messages import Act, Chosen
from nnlab.tui.themes import theme_titles
from nnlab.tui.typeahead import TypeAhead

if TYPE_CHECKING:
    from textual.command import Provider

    from nnlab.lesson.recall import RecallRun
    from nnlab.lesson.run import LessonRun
    from nnlab.session.session import Session
    from nnlab.store import Progress
    from nnlab.tui.screens.base import NnlabScreen

T = TypeVar("T")

HERE = Path(__file__).parent

THEME_NAMES = {
    "dark": "nnlab-dark",
    "light": "nnlab-light",
    "high-contrast": "nnlab-contrast",
    "colour-blind": "nnlab-colorblind",
}
GLYPH_NAMES = {"blocks": "block"}


def _commands() -> type[Provider]:
    from nnlab.tui.commands import NnlabCommands

    return NnlabCommands


class NnlabApp(Covered, Hands, TypeAhead, DrawingApp):
    """One learner at one terminal."""

    TITLE = "nnlab"
    CSS_PATH: ClassVar[list[str | PurePath]] = [
        HERE / "app.tcss",
        HERE / "screens" / "home.tcss",  # Textual loads no styles of its own for a default screen
    ]
    COMMANDS = {_commands}  # noqa: RUF012 - as Textual declares it
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("quit"), Binding("ctrl+c", "quit", show=False)]

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        capabilities: Capabilities | None = None,
        lesson: str = "",
        session: Session | None = None,
        session_path: Path | None = None,
        lesson_dirs: Sequence[Path | str] = (),
        notices: Sequence[str] = (),
        link: str = "auto",
    ) -> None:
        self.settings = settings or Settings()
        self.lesson_dirs = tuple(lesson_dirs)
        self.atlas = Atlas()
        self.kept: shelf.Kept | None = None
        self.session: Session | None = session
        self.progress: Progress | None = None
        self.failure = ""
        self._session_path = session_path
        self._start = (lesson, session is not None or session_path is not None)
        self._notices = list(notices)
        self._loaded = False
        self._waiting: list[Callable[[], None]] = []
        self._behind: list[Callable[[], None]] = []
        self._opening: list[Callable[[], None]] | None = None
        self._left = False
        super().__init__(
            capabilities=capabilities or detect(self.settings.color, glyph_word(self.settings.glyphs)),
            theme=THEME_NAMES[self.settings.theme],
            link=link,
        )
        self.animation_level = "none" if self.settings.motion == "reduced" else "full"
        self.set_class(not self.capabilities.unicode, "-ascii")
        self.set_ascii(not self.capabilities.unicode)

    # -- starting -------------------------------------------------------------------------------

    def get_default_screen(self) -> Screen[Any]:
        from nnlab.tui.screens.home import HomeScreen

        self.atlas, self.kept = remembered(), shelf.newest()
        return HomeScreen()

    def on_mount(self) -> None:
        self._catch_signals()
        for notice in self._notices:
            self.say(notice, "bad")
        self.call_after_refresh(self._begin_loading)

    def _catch_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for name in ("SIGTERM", "SIGHUP", "SIGINT"):
            number = getattr(signal, name, None)
            if number is not None:  # Windows has no SIGHUP, its event loop no handlers
                with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                    loop.add_signal_handler(number, self.leave)

    def _begin_loading(self) -> None:
        if not self.atlas.stops:
            self._chart()
        self.do(self._load, self._have_loaded)

    def _chart(self) -> None:
        """The titles of the course, without the store."""
        from nnlab.tui.atlas import titles

        try:
            self.atlas = titles(self.lesson_dirs)
        except NnlabError as error:
            self._say_error(error)
        self._show_home()

    def _load(self) -> tuple[Progress, Atlas, shelf.Kept | None]:
        """Everything the first paint did without; runs in the hands."""
        from nnlab.engine.device import set_threads

        set_threads(self.settings.threads)
        import nnlab.session.session
        import nnlab.training  # noqa: F401 - paid for here, not at the first key
        from nnlab.store import Progress
        from nnlab.tui.atlas import survey

        progress = Progress()
        return progress, survey(progress, self.lesson_dirs), shelf.newest()

    def _have_loaded(self, loaded: tuple[Progress, Atlas, shelf.Kept | None]) -> None:
        self.progress, self.atlas, self.kept = loaded
        self._loaded = True
        self._show_home()
        if self._waiting or self._behind:
            self.say("")  # the moment asked for is over
        if self.atlas.warning:
            self.say(self.atlas.warning, "bad")
        elif self.kept is not None and self.kept.cut_off:
            self.say(
                _(
                    "the last session was cut off; everything up to its last action is kept: "
                    "continue, or start new"
                )
            )
        lesson, bench = self._start
        self._start = ("", False)
        if bench:
            self.open_lab(resume=True)
        elif lesson:
            self.open_lesson(lesson)
        for wanted in (*self._waiting, *self._behind):
            wanted()
        self._waiting = self._behind = []
        for line in self.screen.query("CommandLine"):
            line.engine_is_there()  # type: ignore[attr-defined]

    @property
    def loaded(self) -> bool:
        """Whether the engine and the store are there."""
        return self._loaded

    def when_loaded(self, wanted: Callable[[], None], also: bool = False) -> bool:
        """Call ``wanted`` now, or as soon as the engine is there; answers whether it was there.

        Of many wishes the last counts; one that is there ``also`` takes no other one's place.
        """
        if self._loaded:
            wanted()
        else:
            self._waiting, self._behind = (
                (self._waiting, [*self._behind, wanted]) if also else ([wanted], self._behind)
            )
            self.say(_("one moment: the engine is being loaded"), "busy")
        return self._loaded

    def survey(self) -> None:
        """Read the progress again, for Home."""
        progress = self.progress
        if progress is None:
            return
        from nnlab.tui.atlas import survey

        def read() -> tuple[Atlas, shelf.Kept | None]:
            return survey(progress, self.lesson_dirs), self._at_hand() or shelf.newest()

        def show(found: tuple[Atlas, shelf.Kept | None]) -> None:
            self.atlas, self.kept = found
            self._show_home()

        self.do(read, show)

    def _at_hand(self) -> shelf.Kept | None:
        """The bench one came from, also where it is kept in memory only."""
        session = self.session
        if session is None or not (session.history or session.network):
            return None
        bench = session.bench
        path = session.log.path or Path()
        return shelf.Kept(path, time.time(), len(session.history), bench.network_text, bench.data_text)

    def _show_home(self) -> None:
        from nnlab.tui.screens.home import HomeScreen

        for screen in self.screen_stack:
            if isinstance(screen, HomeScreen) and screen.is_mounted:
                screen.fill()

    @on(Act)
    def _act(self, message: Act) -> None:
        message.stop()
        self.act(message.line, message.then, message.otherwise)

    @on(Chosen)
    def _chosen(self, message: Chosen) -> None:
        message.stop()
        try:
            self.settings = self.settings.changed(message.name, message.value)
            settings_module.save(self.settings)
        except NnlabError as error:
            self._say_error(error)

    # -- beside training ------------------------------------------------------------------------

    async def on_event(self, event: Event) -> None:
        """A key or a click: training stands aside until what it does is on screen."""
        if isinstance(event, InputEvent) and (session := self._in_front()) is not None:
            session.trainer.step_aside()
        await super().on_event(event)

    def post_display_hook(self) -> None:
        super().post_display_hook()
        if (session := self._in_front()) is not None:
            session.trainer.go_on()

    def _in_front(self) -> Session | None:
        """The session of the screen in front, the lab's or the lesson's."""
        stack = self.screen_stack
        return getattr(stack[-1], "session", None) if stack else None

    # -- screens --------------------------------------------------------------------------------

    def say(self, text: str, kind: str = "info") -> None:
        """Show a sentence in the message line of the screen in front."""
        for screen in reversed(self.screen_stack):
            if hasattr(screen, "say"):
                screen.say(text, kind)
                return

    def open_lab(
        self, *, resume: bool = True, typed: str = "", then: Callable[[], None] | None = None
    ) -> None:
        """The lab: the session at hand or the one kept last when ``resume``, else an empty bench."""
        self.when_loaded(lambda: self._open_lab(resume, typed, then))

    def _open_lab(self, resume: bool, typed: str, then: Callable[[], None] | None) -> None:
        if resume and self._opening is not None:  # it is on its way already
            if then is not None:
                self._opening.append(then)
            return

        def show(session: Session) -> None:
            further, self._opening = self._opening or [], None
            self._show_lab(session)
            if typed:
                from nnlab.tui.messages import TypeAction

                self.screen.post_message(TypeAction(typed))
            for each in (*((then,) if then is not None else ()), *further):
                self.call_after_refresh(each)

        if resume and self.session is not None:
            self.prepare(self.session)
            show(self.session)
            return
        path = self._session_path or (self.kept.path if resume and self.kept is not None else None)
        self._session_path = None
        before = self.session
        self.session = None
        self._opening = []

        def refused(error: NnlabError) -> None:
            self._opening = None
            self._say_error(error)

        self.do(lambda: self._bring(path, before), show, refused)

    def _bring(self, path: Path | None, before: Session | None) -> Session:
        """The session of ``path`` resumed, or a new one; runs in the hands."""
        from nnlab.session.session import Session

        if before is not None:
            shelf.put_away(before)
        if path is not None and path.exists():
            session = Session.resume(path, device=self.settings.device, on_replay=self._say_replay)
        else:
            session = Session(path or shelf.new_path(), device=self.settings.device)
        self.prepare(session)
        return session

    def _say_replay(self, step: int, last: int) -> None:
        """Called by the hands while a session is done again; once it is left nobody waits for that."""
        if self._left:
            raise NnlabError(_("the session was left"))
        text = _("the session is done again: step {step} of {last}", step=f"{step:,}", last=f"{last:,}")
        self.call_later(self.say, text, "busy")

    def prepare(self, session: Session) -> None:
        """Settings that a session on screen takes, and the cards of the course."""
        from nnlab.lesson.card_action import install_cards

        install_cards(session, self.lesson_dirs)
        session.background = True
        session.trainer.speed = self.settings.speed or None
        if session.log.path is not None:
            shelf.opened(session.log.path)

    def _show_lab(self, session: Session) -> None:
        from nnlab.tui.screens.lab import LabScreen

        self.session = session
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.push_screen(LabScreen(session))
        if news := session.news():
            self.say("  ".join(news), "bad")

    def open_lesson(self, name: str) -> None:
        self.when_loaded(lambda: self._open_lesson(name))

    def _open_lesson(self, name: str) -> None:
        from nnlab.tui.screens.lesson import LessonScreen, begin_lesson

        self.say(_("one moment: the bench is being set up"), "busy")

        def show(begun: tuple[LessonRun, str]) -> None:
            run, notice = begun
            while len(self.screen_stack) > 1:
                self.pop_screen()
            self.say("")
            self.push_screen(LessonScreen(run))
            if notice:
                self.call_after_refresh(self.say, notice, "bad")

        self.do(lambda: begin_lesson(self, name), show)

    def open_recall(self) -> None:
        """The questions that are due again."""
        from nnlab.tui.screens.recall import RecallScreen, due_runs

        def show(runs: list[RecallRun]) -> None:
            if runs:
                self.push_screen(RecallScreen(runs))

        self.do(lambda: due_runs(self), show)

    def open_known(self, name: str) -> None:
        """One question of a lesson; answered right, the lesson counts as known."""
        from nnlab.tui.screens.recall import RecallScreen, known_run

        def show(run: RecallRun) -> None:
            self.push_screen(RecallScreen([run], known=True))

        self.do(lambda: known_run(self, name), show)

    def open_summary(self) -> None:
        """What the learner has done, as a text."""

        def told() -> list[str]:
            from nnlab.lesson.summary import summary

            return (
                summary(self.progress, list(map(str, self.lesson_dirs))) if self.progress is not None else []
            )

        def show(lines: list[str]) -> None:
            from nnlab.tui.screens.answer import AnswerScreen

            self.push_screen(AnswerScreen(_("What you have done"), lines))

        def tell() -> None:
            self.do(told, show)

        self.when_loaded(tell)

    def open_settings(self) -> None:
        from nnlab.tui.screens.settings import SettingsScreen

        if not isinstance(self.screen, SettingsScreen):
            self.push_screen(SettingsScreen())

    def open_help(self, screen: NnlabScreen) -> None:
        from nnlab.tui.screens.help import HelpScreen

        self.push_screen(HelpScreen(screen))

    def go_back(self) -> None:
        """From Home, leave; from anywhere else, back to where one came from."""
        if len(self.screen_stack) > 1:
            self.pop_screen()
        else:
            self.leave()

    def go_home(self) -> None:
        while len(self.screen_stack) > 1:
            self.pop_screen()

    # -- settings -------------------------------------------------------------------------------

    def change_setting(self, name: str, value: object) -> None:
        """Choose a setting, act on it and keep it.  Raises NnlabError for a wrong value."""
        self.settings = self.settings.changed(name, value)
        if name == "theme":
            self.theme = THEME_NAMES[self.settings.theme]
        elif name == "language":
            set_language(self.settings.language)
            self._speak()
        elif name == "motion":
            self.animation_level = "none" if self.settings.motion == "reduced" else "full"
        elif name == "speed":
            for session in self._sessions():
                session.trainer.speed = self.settings.speed or None
        elif name in ("glyphs", "color"):
            found = detect(self.settings.color, glyph_word(self.settings.glyphs))
            self.capabilities = replace(self.capabilities, glyphs=found.glyphs, color=found.color)
            self.set_color_depth(self.capabilities.color)
            self.set_class(not self.capabilities.unicode, "-ascii")
            self.set_ascii(not self.capabilities.unicode)
            self._speak()
        elif name == "splash":
            self._speak()
        settings_module.save(self.settings)

    def _speak(self) -> None:
        """Draw every screen again, in the language and signs now chosen."""
        from nnlab.tui.screens.base import NnlabScreen

        if self.progress is None:
            self._chart()
        for screen in self.screen_stack:
            if isinstance(screen, NnlabScreen):
                self.run_worker(screen.speak(), group=f"speak {id(screen)}", exclusive=True)
        self.call_after_refresh(self.survey)

    def next_theme(self) -> None:
        names = list(THEME_NAMES)
        name = names[(names.index(self.settings.theme) + 1) % len(names)]
        try:
            self.change_setting("theme", name)
        except NnlabError as error:
            self._say_error(error)
        else:
            self.say(_("theme: {name}", name=theme_titles()[THEME_NAMES[name]]))

    def focus_moved(self) -> None:
        """Heavy animation rests while somebody types: an input method composes at the cursor."""
        typing = bool(getattr(self.screen, "typing", False))
        fps = self.quality.fps
        self.frame_clock.fps = min(fps, 2.0) if typing else fps

    # -- leaving --------------------------------------------------------------------------------

    def leave(self) -> None:
        """End with everything kept: training stops at its step, session files are closed in order."""
        if not self._left:
            self._left = True
            self.put_everything_away()
            self.exit()

    async def action_quit(self) -> None:
        self.leave()

    def put_everything_away(self) -> None:
        """Close what is open; safe to call twice."""
        for session in self._sessions():
            shelf.put_away(session)
        self.rest()

    def _sessions(self) -> list[Session]:
        """The sessions that are open: the lab's and those of lessons."""
        found = [self.session, *(getattr(screen, "session", None) for screen in self.screen_stack)]
        return list({id(session): session for session in found if session}.values())

    def broke(self, error: BaseException | None) -> str:
        """A bug: the traceback goes to the log file, the learner gets one sentence."""
        self.failure = self.failure or (record(error) if error is not None else "")
        return self.failure


def glyph_word(setting: str) -> str:
    return GLYPH_NAMES.get(setting, setting)
