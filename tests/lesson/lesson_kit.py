"""A lesson of every kind of task on a bench that only remembers lines and a few numbers."""

from __future__ import annotations

from pathlib import Path

from nnlab.errors import NnlabError
from nnlab.lesson import (
    Lesson,
    arrange,
    build,
    choose,
    choose_all,
    did,
    found,
    goal,
    number,
    numeric,
    numerics,
    observe,
    order,
    predict,
    quiz,
    read,
    recall,
    train,
    watch,
)
from nnlab.lesson.find import LessonEntry, load_script
from nnlab.lesson.new import new_lesson


class ToyBench:
    """``put NAME VALUE`` sets a number, ``fail`` fails, everything else is only remembered."""

    def __init__(self):
        self.lines, self.numbers, self.listeners = [], {"x": 0.0}, []
        self.data = self.network = self.run = None
        self.quiet = self.background = False

    def execute(self, line):
        if line == "fail":
            raise NnlabError("it failed")
        verb, *rest = line.split()
        if verb == "put":
            self.numbers[rest[0]] = float(rest[1])
        self.lines.append(line)
        for listener in list(self.listeners):
            listener(line, None)

    def subscribe(self, listener):
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)


def x(bench):
    return bench.numbers["x"]


def big(bench):
    if x(bench) < 0:
        return found(False, misconception="negative")
    return found(x(bench) > 10, "small", x=x(bench))


def toy_lesson(path: Path, **changes) -> Lesson:
    steps = [
        read("start", setup=["put x 2"], numbers=[number("x", x, expect=2)]),
        predict(
            "guess",
            numeric(x, expect=2, mistakes={"double": 4.0}),
            recall=recall(numeric(x), setup=["put x {v}"], draw=lambda r: {"v": r.randint(1, 99)}),
        ),
        quiz("pair", numerics([x, lambda b: x(b) + 1], expect=[2, 3], mistakes={"swapped": [3.0, 2.0]})),
        watch("look", observe(did("wave"), did("shout"), solution=["wave", "shout loud"])),
        build(
            "grow",
            goal(big, solutions=[["put x 11"]], mistakes={"negative": ["put x -1"]}),
            setup=["put x 1"],
        ),
        predict("bet", numeric(None)),
        train(
            "settle",
            goal(lambda b: x(b) > 20, solutions=[["put x 21"]]),
            settles="bet",
            numbers=[number("end", x, after=True)],
        ),
        order("lines", arrange(["b", "a", "c"], ["a", "b", "c"], mistakes={"last-first": ["c", "a", "b"]})),
        quiz("one", choose(["yes", "no"], "yes")),
        quiz("many", choose_all(["p", "q", "r"], ["p", "r"])),
    ]
    made = Lesson("t1", "toy", steps, **changes)
    made.path = path / "t1_toy.py"
    for language in ("en", "zh"):
        write_prose(made, language)
    return made


def write_prose(lesson: Lesson, language: str, **texts: str) -> None:
    """The prose that the steps ask for; ``texts`` replace fields by name."""
    word = "Text" if language == "en" else "文字"
    lines = [f"# {word}", word]
    for step in lesson.steps:
        lines += [f"## {step.id} {word}", f"{word} {{x}}" if step.id == "start" else word]
        if step.task is None:
            continue
        lines += ["### question", "?"]
        for n in "abc":
            lines += ["### hint", texts.get("hint", f"hint {n}")]
        lines += [
            "### after",
            texts.get("after", "Because {end}." if step.id == "settle" else "Because {answer}."),
        ]
        if step.settles:
            lines += ["### measured", "{end} on the bench"]
        for field, name in sorted(step.task.texts()):
            lines += [f"### {field} {name}", f"{field} {name}"]
        if step.id == "grow":
            lines += ["### say small", "{x} is not above ten"]
        if step.recall:
            lines += ["### recall", "What is {v}?"]
    prose_file = lesson.path.with_name(f"{lesson.path.stem}.{language}.md")
    prose_file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def scaffold(folder: Path, name: str = "x1_mine") -> Lesson:
    paths = new_lesson(folder, name)
    lesson_id, _, slug = paths[0].stem.partition("_")
    return load_script(LessonEntry(lesson_id, slug, paths[0]))
