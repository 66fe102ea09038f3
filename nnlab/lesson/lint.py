"""What can be said about the words of a lesson without running it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.lesson.prose import HINTS, LessonProse, StepProse, arithmetic, placeholders
from nnlab.lesson.step import Lesson, Step
from nnlab.lesson.terms import lint_terms

ENGLISH_WORDS = 120
CHINESE_SIGNS = 200

_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_PLACE = re.compile(r"\{\{|\}\}|\{=([^{}]*?)(?::\s*\d+\s*)?\}|\{[^{}]*\}")
_FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"`[^`\n]*`")
_YEAR = re.compile(r"[(（](?:[^()（）\d]*\s)?(?:1[6-9]|20)\d\d[)）]")
# decimals, percentages, powers, three digits and more: the looks of something that was measured
_MEASURED = re.compile(
    r"(?<![\w.{])[-−+]?(?:\d*[.,]\d+(?:e[-−]?\d+)?|\d+e[-−]?\d+|\d{3,}|\d+(?=\s?[%％]))(?!\w)"
)
_MEASURED_IN_CODE = re.compile(r"(?<![\w.])\d*\.\d{3,}")
COMMON = {"answer", "given"}


def typed_numbers(text: str) -> list[str]:
    """Literal numbers that look measured; placeholders, years in brackets, short code literals are free."""
    text = _FENCE.sub(" ", text)
    inside = [
        m.group() for code in _CODE.findall(text) for m in _MEASURED_IN_CODE.finditer(_PLACE.sub(" ", code))
    ]
    plain = _YEAR.sub(" ", _PLACE.sub(" ", _CODE.sub(" ", text)))
    return [m.group() for m in _MEASURED.finditer(plain)] + inside


def length_problem(text: str, language: str) -> str:
    """Too long for a small screen?  Words in English, 汉字 in Chinese; code is not counted."""
    plain = _FENCE.sub(" ", text)
    if language == "zh":
        count = len(_HAN.findall(plain))
        if count > CHINESE_SIGNS:
            return _("{n} 汉字, at most {limit}", n=count, limit=CHINESE_SIGNS)
        return ""
    count = len(plain.split())
    if count > ENGLISH_WORDS:
        return _("{n} words, at most {limit}", n=count, limit=ENGLISH_WORDS)
    return ""


def lint_step(step: Step, prose: StepProse, language: str) -> Iterator[str]:
    """Problems of one step in one language."""
    wanted = {("prose", "")}
    if step.task is not None:
        wanted |= (
            {("question", ""), ("after", "")}
            | {("hint", str(n + 1)) for n in range(HINTS)}
            | step.task.texts()
        )
    if step.settles:
        wanted.add(("measured", ""))
    if step.recall is not None:
        wanted |= {("recall", "")} | (
            step.recall.ask.texts() - {k for k in step.recall.ask.texts() if k[0] == "mistake"}
        )
    for field, name in sorted(wanted):
        if not prose.text(field, name):
            yield _("the text '{field}' is missing", field=f"{field} {name}".strip())
    known = wanted | {("say", ""), ("question", ""), ("after", "")}
    for (field, name), text in prose.texts.items():
        if (field, name) not in known and field not in ("say", "mistake"):
            yield _("'### {field}' is not used by this step", field=f"{field} {name}".strip())
        yield from _numbers(step, field, name, text)
    problem = length_problem(prose.text("prose") + "\n" + prose.text("question"), language)
    if problem:
        yield problem


def _numbers(step: Step, field: str, name: str, text: str) -> Iterator[str]:
    where = f"{field} {name}".strip()
    for literal in typed_numbers(text):
        yield _(
            "'{number}' in '{where}' is typed by hand; declare it as a number, or write {sum}",
            number=literal,
            where=where,
            sum="{= " + literal + "}",
        )
    for match in _PLACE.finditer(text):
        if match[1] is not None:
            try:
                arithmetic(match[1])
            except NnlabError as error:
                yield f"{where}: {error}"
    if field in ("say", "recall", "option"):
        return  # filled with what the check found, or with what recall draws
    declared = {n.name for n in step.numbers} | COMMON
    for unknown in sorted(placeholders(text) - declared):
        yield _("{name} in '{where}' is not a number of this step", name="{" + unknown + "}", where=where)
    early = {n.name for n in step.numbers if n.after} | COMMON
    if field in ("prose", "question", "hint"):
        for name_ in sorted(placeholders(text) & early):
            yield _("{name} in '{where}' is only known after the answer", name="{" + name_ + "}", where=where)


def lint_languages(lesson: Lesson, english: LessonProse, chinese: LessonProse) -> Iterator[tuple[str, str]]:
    """(step id, problem) where the two languages do not say the same things."""
    for step in lesson.steps:
        en, zh = english.step(step.id), chinese.step(step.id)
        for field, name in sorted(set(en.texts) ^ set(zh.texts)):
            lacking = "zh" if (field, name) in en.texts else "en"
            yield (
                step.id,
                _("'{field}' is missing in {language}", field=f"{field} {name}".strip(), language=lacking),
            )
        for key in sorted(set(en.texts) & set(zh.texts)):
            if placeholders(en.texts[key]) != placeholders(zh.texts[key]):
                yield (
                    step.id,
                    _(
                        "'{field}' quotes other numbers in Chinese than in English",
                        field=" ".join(key).strip(),
                    ),
                )


def lint_words(english: LessonProse, chinese: LessonProse) -> Iterator[tuple[str, str]]:
    """(step id or "", problem) where the Chinese has another word than the field's."""
    header = "\n".join(text for _field, text in chinese.header)
    for problem in lint_terms(
        f"{chinese.title}\n{chinese.promise}\n{header}",
        f"{english.title}\n{english.promise}\n" + "\n".join(text for _field, text in english.header),
    ):
        yield "", problem
    for step_id, step in chinese.steps.items():
        original = english.step(step_id)
        for problem in lint_terms(step.title, original.title):
            yield step_id, problem
        for (field, name), text in step.texts.items():
            for problem in lint_terms(text, original.text(field, name)):
                yield step_id, f"{field} {name}".strip() + f": {problem}"


def lint_steps(lesson: Lesson, prose: LessonProse) -> Iterator[tuple[str, str]]:
    """(step id, problem): the file has the steps of the script, in their order, and a title and promise."""
    ids = [step.id for step in lesson.steps]
    if not prose.title or not prose.promise:
        yield "", _("{file} needs a title ('# …') and a promise below it", file=prose.path.name)
    for step_id in ids:
        if step_id not in prose.steps:
            yield step_id, _("{file} has no section '## {step}'", file=prose.path.name, step=step_id)
    for step_id in prose.steps:
        if step_id not in ids:
            yield step_id, _("{file} has a section that is no step of the script", file=prose.path.name)
    common = [step_id for step_id in prose.steps if step_id in ids]
    if common != [step_id for step_id in ids if step_id in prose.steps]:
        yield "", _("{file} has its sections in another order than the script", file=prose.path.name)
