"""A new lesson to start from: three files that pass their check."""

from __future__ import annotations

import re
from pathlib import Path

from nnlab.errors import NnlabError
from nnlab.i18n import _

_SCRIPT = '''"""{title}: what this lesson is for, in one line."""

from nnlab.lesson import Lesson, numeric, predict, quiz, read

BENCH = ["data and", "net dense 1"]


def parameters(session):
    return session.network.parameter_count


lesson = Lesson(
    "{id}",
    "{slug}",
    minutes=10,
    setup=["seed 1"],
    steps=[
        read("hello", setup=BENCH),
        predict("inputs", numeric(parameters, expect=3, mistakes={{"no-bias": 2}})),
        quiz("count", numeric(lambda session: parameters(session) - 1, expect=2)),
    ],
)
'''
_ENGLISH = """# {title}
By the end you can say how many numbers one unit has.

## hello A unit on the bench
One unit with two inputs stands on the bench.

## inputs How many numbers?
Every input has a weight, and the unit has a bias.
### question
How many parameters does this unit have?
### hint
Look at the ledger of the network.
### hint
One weight for every input, and one bias.
### hint
A unit with 5 inputs has {{= 5 + 1}}.
### after
There are {{answer}}: the weights and the bias.
### mistake no-bias
You counted {{given}}: the bias is a parameter too.

## count And without the bias?
Now leave the bias out.
### question
How many weights are there?
### hint
Look at the row of W.
### hint
One weight for every input.
### hint
A unit with 5 inputs has {{= 5}} weights.
### after
{{answer}}: one for every input.
"""
_CHINESE = """# {title}
学完后你能说出一个单元有多少个参数。

## hello 台上的一个单元
台上有一个带两个输入的单元。

## inputs 有多少个参数？
每个输入有一个权重，单元还有一个偏置。
### question
这个单元一共有多少个参数？
### hint
看看网络的账本。
### hint
每个输入一个权重，再加一个偏置。
### hint
有 5 个输入的单元有 {{= 5 + 1}} 个参数。
### after
一共 {{answer}} 个：权重和偏置。
### mistake no-bias
你数了 {{given}} 个：偏置也是参数。

## count 不算偏置呢？
现在不算偏置。
### question
有多少个权重？
### hint
看 W 那一行。
### hint
每个输入一个权重。
### hint
有 5 个输入的单元有 {{= 5}} 个权重。
### after
{{answer}} 个：每个输入一个。
"""


def new_lesson(folder: Path | str, name: str) -> list[Path]:
    """Write ``x1_slug.py`` and its prose into ``folder``; returns the three paths.

    ``name`` is a slug (``my_lesson``, then the id is x1) or id and slug (``x3_my_lesson``).
    """
    plain = name.strip().lower().replace("-", "_").replace(" ", "_")
    match = re.fullmatch(r"(?:([a-z]{1,3}\d{1,3})_)?([a-z][a-z0-9_]*)", plain)
    if match is None:
        raise NnlabError(
            _(
                "'{name}' is not a name for a lesson; use small letters, digits and _, like x1_my_lesson",
                name=name,
            )
        )
    lesson_id, slug = match[1] or "x1", match[2]
    folder = Path(folder).expanduser()
    title = slug.replace("_", " ").capitalize()
    stem = f"{lesson_id}_{slug}"
    texts = {
        folder / f"{stem}.py": _SCRIPT.format(id=lesson_id, slug=slug, title=title),
        folder / f"{stem}.en.md": _ENGLISH.format(title=title),
        folder / f"{stem}.zh.md": _CHINESE.format(title=title),
    }
    for path in texts:
        if path.exists():
            raise NnlabError(_("{path} exists already; choose another name", path=path))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in texts.items():
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise NnlabError(
            _("{folder} cannot be written: {reason}", folder=folder, reason=error.strerror or error)
        ) from error
    return list(texts)
