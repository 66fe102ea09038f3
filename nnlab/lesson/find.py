"""Where lessons lie, and loading one by any of its names."""

from __future__ import annotations

import importlib.util
import re
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.lesson.packs import pack_folders
from nnlab.lesson.prose import prose_path
from nnlab.lesson.step import Lesson
from nnlab.nearest import nearest

_NAME = re.compile(r"^(?P<id>[a-z]+\d*)_(?P<slug>[a-z0-9_]+)$")


@dataclass(frozen=True, slots=True)
class LessonEntry:
    """A lesson script that was found; nothing of it has been run."""

    id: str
    slug: str
    path: Path

    @property
    def name(self) -> str:
        return f"{self.id}_{self.slug}"

    @property
    def track(self) -> str:
        return self.path.parent.name

    def title(self, language: str = "en") -> str:
        """The first heading of the prose; the slug where there is none."""
        for choice in (language, "en"):
            try:
                with prose_path(self.path, choice).open(encoding="utf-8") as file:
                    for line in file:
                        if line.startswith("# "):
                            return line[2:].strip()
            except (OSError, UnicodeDecodeError):
                continue
        return self.slug.replace("_", " ")


def course_folder() -> Path:
    """Where the course lies: inside the wheel, or beside the package; it need not exist."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "lessons"
    return inside if inside.is_dir() else package.parent / "lessons"


def lesson_folders(extra: Sequence[Path | str] = ()) -> list[Path]:
    """Folders to search: the learner's own, those of installed packs, then the course."""
    course = course_folder()
    folders = []
    for given in extra:
        folder = Path(given).expanduser()
        if not folder.is_dir():
            raise NnlabError(_("the lesson folder {folder} does not exist", folder=folder))
        folders.append(folder)
    folders += pack_folders()
    return [*folders, course] if course.is_dir() else folders


def find_lessons(dirs: Sequence[Path | str] = ()) -> list[LessonEntry]:
    """Every lesson of the course and of ``dirs``, in order; a pack's lesson hides one of the same name."""
    found: dict[str, LessonEntry] = {}
    for folder in lesson_folders(dirs):
        for path in sorted(folder.rglob("*.py")):
            match = _NAME.match(path.stem)
            inside = path.relative_to(folder).parts
            hidden = any(part.startswith((".", "__")) for part in inside)
            if match and not hidden and (prose_path(path, "en").exists() or _declares_lesson(path)):
                entry = LessonEntry(match["id"], match["slug"], path)
                found.setdefault(entry.name, entry)
    return sorted(found.values(), key=_natural)


def _declares_lesson(path: Path) -> bool:
    """Whether a script without prose was meant to be a lesson, and is no helper of one."""
    try:
        return re.search(r"^lesson\s*=", path.read_text(encoding="utf-8"), re.MULTILINE) is not None
    except (OSError, UnicodeDecodeError):
        return False


def _natural(entry: LessonEntry) -> tuple[str, int, str]:
    letters = entry.id.rstrip("0123456789")
    return letters, int(entry.id[len(letters) :] or 0), entry.slug


def find_lesson(name: str, dirs: Sequence[Path | str] = ()) -> LessonEntry:
    """``a7``, ``backprop``, ``a7_backprop`` or the path of a script."""
    path = Path(name).expanduser()
    if path.suffix == ".py" and path.is_file():
        match = _NAME.match(path.stem)
        if match is None:
            raise NnlabError(_("a lesson script is named like a1_neuron.py, not {name}", name=path.name))
        return LessonEntry(match["id"], match["slug"], path)
    entries = find_lessons(dirs)
    wanted = name.strip().lower().replace("-", "_")
    for attribute in ("name", "id", "slug"):
        for entry in entries:
            if getattr(entry, attribute) == wanted:
                return entry
    words = [word for entry in entries for word in (entry.id, entry.slug, entry.name)]
    near = nearest(wanted, words)
    if near:
        raise NnlabError(_("there is no lesson '{name}'; did you mean '{near}'?", name=name, near=near))
    known = ", ".join(entry.id for entry in entries) or _("none")
    raise NnlabError(_("there is no lesson '{name}'; there are {known}", name=name, known=known))


def load_lesson(name: str, dirs: Sequence[Path | str] = ()) -> Lesson:
    """Run the script of a lesson and hand back what it declares; an error in it names file and line."""
    return load_script(find_lesson(name, dirs))


def load_script(entry: LessonEntry) -> Lesson:
    path = entry.path.resolve()
    spec = importlib.util.spec_from_file_location(f"nnlab_lesson_{entry.name}", path)
    if spec is None or spec.loader is None:
        raise NnlabError(_("{path} cannot be read as a lesson script", path=path))
    module = importlib.util.module_from_spec(spec)
    keep, sys.dont_write_bytecode = (
        sys.dont_write_bytecode,
        True,
    )  # a pack's folder may be read-only or shared
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        raise NnlabError(f"{error.filename or path}:{error.lineno or 0}: {error.msg}") from error
    except (Exception, SystemExit) as error:
        raise NnlabError(f"{path}:{_line_of(error, path)}: {_reason(error)}") from error
    finally:
        sys.dont_write_bytecode = keep
    lesson = getattr(module, "lesson", None)
    if not isinstance(lesson, Lesson):
        raise NnlabError(
            _("{path}:1: the script declares no lesson; it needs 'lesson = Lesson(…)'", path=path)
        )
    if (lesson.id, lesson.slug) != (entry.id, entry.slug):
        raise NnlabError(
            _(
                "{path}:1: the lesson calls itself {name}, so its file must be named {name}.py",
                path=path,
                name=lesson.name,
            )
        )
    lesson.path = path
    return lesson


@contextmanager
def written_in(path: Path) -> Iterator[None]:
    """While code of a lesson script runs: an error of the author's own names file and line."""
    try:
        yield
    except NnlabError:
        raise
    except (Exception, SystemExit) as error:
        line = _line_of(error, path)
        if not line:
            raise  # it does not come from the script
        raise NnlabError(f"{path}:{line}: {_reason(error)}") from error


def _line_of(error: BaseException, path: Path) -> int:
    lines = [
        frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)
    ]
    return (lines[-1] or 0) if lines else 0


def _reason(error: BaseException) -> str:
    return str(error) if isinstance(error, NnlabError) else f"{type(error).__name__}: {error}"
