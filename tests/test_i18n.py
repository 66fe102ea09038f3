"""The catalogue: whole, compiled, with the same placeholders, and in the words of the field."""

from __future__ import annotations

import ast
import importlib.util
import re
import string
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from nnlab import i18n
from nnlab.cli import main
from nnlab.session.look import to_ascii, wrap
from nnlab.width import columns

ROOT = Path(__file__).resolve().parent.parent


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("messages", ROOT / "tools" / "messages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


messages = _tool()
KEPT = {entry.id: entry for entry in messages.translated("zh") if entry.id}
PAIRS = {english: str(entry.string) for english, entry in KEPT.items() if entry.string}


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    before = i18n.current_language()
    yield
    i18n.set_language(before)


# -- the files ----------------------------------------------------------------------------------------


def test_every_text_of_the_source_is_translated() -> None:
    texts = {entry.id for entry in messages.collected() if entry.id}
    lacking = sorted(text for text in texts if not PAIRS.get(text) or KEPT[text].fuzzy)
    assert not lacking, f"run tools/messages.py, then translate {lacking}"
    assert not set(KEPT) - texts, "run tools/messages.py: it drops what is no longer used"


def test_the_compiled_catalogue_is_the_one_that_is_read() -> None:
    compiled = (messages.folder("zh") / "nnlab.mo").read_bytes()
    assert compiled == messages.as_mo(messages.translated("zh")), "run tools/messages.py"
    assert compiled == messages.as_mo(messages.merged("zh")), "run tools/messages.py"


def test_marked_texts_are_whole_strings(tmp_path: Path) -> None:
    file = tmp_path / "wrong.py"
    for wrong in ('_(f"step {n}")', '_("step " + n)', "_(7)"):
        file.write_text(wrong)
        with pytest.raises(SystemExit):
            list(messages.marked(file))


def test_texts_inside_f_strings_are_found(tmp_path: Path) -> None:
    file = tmp_path / "inside.py"
    file.write_text("""x = f"{_('label')} {y}" """)
    assert list(messages.marked(file)) == ["label"]


# -- registries whose help is translated where it is shown --------------------------------------------


def _declared(folder: Path) -> Iterator[tuple[str, str]]:
    from nnlab import settings
    from nnlab.data.registry import DATASETS, FILE, POINTS
    from nnlab.lesson.actions import install
    from nnlab.lesson.step import KINDS
    from nnlab.network.layers import LAYERS
    from nnlab.network.zoo import FAMILIES, LEARNERS, WITHOUT_GRADIENTS
    from nnlab.session import Session
    from nnlab.session.action import ACTIONS, CATEGORIES
    from nnlab.store import Progress
    from nnlab.tui.keys import KEYS

    for spec in (*DATASETS.values(), FILE, POINTS):
        yield from ((spec.name, text) for text in (spec.help, spec.licence, *(o.help for o in spec.options)))
    for layer in LAYERS.values():
        yield from ((layer.word, text) for text in (layer.help, *(a.help for a in layer.arguments)))
    session = Session()
    install(session, progress=Progress(folder / "progress.sqlite"))
    for action in (*ACTIONS.values(), *session.extensions.values()):
        yield action.name, action.help
    for category in CATEGORIES:
        yield "category", category
    for key in KEYS.values():
        yield from ((key.id, text) for text in (key.label, key.help))
    for name, family in FAMILIES.items():
        yield "zoo", name
        yield from ((model.name, text) for model in family.MODELS for text in (model.title, model.about))
    yield "zoo", WITHOUT_GRADIENTS
    for learner in LEARNERS.values():
        yield from ((learner.name, text) for text in (learner.title, learner.about, learner.unit))
    for kind in KINDS.values():
        yield from ((kind.name, text) for text in (kind.name, kind.help))
    for setting in settings.SCHEMA.values():
        yield setting.name, setting.help


def test_the_help_of_every_registered_thing_is_translated(tmp_path: Path) -> None:
    lacking = [(where, text) for where, text in _declared(tmp_path) if text and text not in PAIRS]
    assert not lacking, "declare these with N_()"


# -- what the translations look like ------------------------------------------------------------------


def _fields(text: str) -> list[tuple[str, str, str]]:
    if re.search(r"%(\(\w+\))?[srd]", text):
        return sorted((found, "", "") for found in re.findall(r"%(?:\(\w+\))?[srd]", text))
    try:
        parsed = [(n, s or "", c or "") for _text, n, s, c in string.Formatter().parse(text) if n is not None]
    except ValueError:  # braces that are meant as braces: such a text takes no values
        return []
    return sorted(set(parsed))


def test_both_sides_have_the_same_placeholders() -> None:
    assert not {english: text for english, text in PAIRS.items() if _fields(english) != _fields(text)}


# One rendering a term. A translation of a text with the English word has to contain one of the Chinese ones.
TERMS = {
    r"\blearning[- ]rate": "学习率",
    r"\boptimi[sz]ers?\b": "优化器|optimizer",
    r"\bweight decay\b": "权重衰减",
    r"\b(?<!update/)weights?\b(?! decay)": "权重",
    r"\bbias(es)?\b": "偏置|bias",
    r"\bgradients?\b": "梯度",
    r"\bconfusion\b": "混淆矩阵",
    r"\baccuracy\b": "准确率",
    r"\bmini-batch\b": "小批量",
    r"\bbatch size\b": "批量大小",
    r"\bbreakpoints?\b": "断点",
    r"\bone-hot\b": "独热",
    r"\bactivation\b": "激活",
    r"\bback-?propagation\b": "反向传播",
    r"\bforward pass\b": "前向传播",
    r"\bbackward pass\b": "反向传播",
    r"\bcentral difference\b": "中心差分",
    r"\bhistogram\b": "直方图",
    r"\bmomentum\b": "动量",
    r"\bneuron\b(?!\s\s)": "神经元|neuron",
    r"\bregression\b": "回归|regression",
    r"\bshapes?\b": "形状|shape",
    r"\bseed\b": "种子|seed",
    r"\bepochs?\b": "轮|epoch",
    r"\btargets?\b": "目标|target",
    r"\btape\b": "磁带",
    r"\binitiali[sz]er\b": "初始化",
}
WRONG = ("迭代次数", "偏差参数", "隐含层", "权重裁剪", "感知器", "批次大小", "递归神经网络", "变压器", "精度")


@pytest.mark.parametrize("pattern", TERMS)
def test_a_term_has_one_rendering(pattern: str) -> None:
    strays = {
        english: chinese
        for english, chinese in PAIRS.items()
        if re.search(pattern, english, re.IGNORECASE) and not re.search(TERMS[pattern], chinese)
    }
    assert not strays


def test_renderings_to_avoid_are_avoided() -> None:
    assert not [text for text in PAIRS.values() if any(word in text for word in WRONG)]


HAN = r"[\u4e00-\u9fff]"


def test_punctuation_beside_chinese_is_fullwidth() -> None:
    """A comma, a semicolon, a question mark and a colon between 汉字 are Chinese; blanks there are none."""
    half = re.compile(rf"{HAN}[,;?!:]|{HAN}\.(?:\s|$)|{HAN} (?={HAN})|[，；：。？！] ")
    aligned = ("第 {epoch} 轮  ", "loss {loss:.4f}")
    strays = [t for e, t in PAIRS.items() if half.search(t) and not any(a in t or a in e for a in aligned)]
    assert not strays


def test_chinese_quotes_are_paired() -> None:
    assert not [text for text in PAIRS.values() if text.count("“") != text.count("”") or "'{" in text]


def test_labels_stay_short() -> None:
    """The foot and the headings sit in 80 columns: a label is not wider than 12 of them."""
    from nnlab.tui.keys import KEYS

    assert not [PAIRS[key.label] for key in KEYS.values() if columns(PAIRS[key.label]) > 12]


# -- the language is chosen before anything is said ---------------------------------------------------


def test_the_language_of_help_is_the_one_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--lang", "zh", "--help"]) == 0
    shown = capsys.readouterr().out
    assert "用法" in shown
    assert "批量大小" in shown
    assert main(["--language=en", "--help"]) == 0
    assert "usage:" in capsys.readouterr().out


def test_a_wrong_argument_is_refused_in_the_language_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--language", "zh", "--nope"]) == 2
    assert "无法识别的参数" in capsys.readouterr().err
    assert main(["--language"]) == 2


@pytest.mark.parametrize(
    ("environment", "language"),
    [({"NNLAB_LANG": "zh"}, "zh"), ({"NNLAB_LANG": "en", "LANG": "zh_CN.UTF-8"}, "en"),
     ({"LC_ALL": "zh_TW.UTF-8", "LANG": "en_GB.UTF-8"}, "zh"), ({"LANG": "fr_FR.UTF-8"}, "en")],
)  # fmt: skip
def test_the_environment_chooses(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], language: str
) -> None:
    for name in ("NNLAB_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert i18n.set_language("auto") == language


def test_an_unknown_language_is_english() -> None:
    assert i18n.set_language("xx") == "en"
    assert i18n._("{n} parameters", n=3) == "3 parameters"
    i18n.set_language("zh")
    assert i18n._("{n} parameters", n=3) == "3 个参数"
    assert i18n._("no such text {n}", n=3) == "no such text 3"


def test_a_terminal_that_cannot_write_chinese_gets_english(monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    from nnlab.cli.parser import parse

    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="latin-1"))
    parse(["--language", "zh", "doctor"])
    assert i18n.current_language() == "en"
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="gbk"))
    parse(["--language", "zh", "doctor"])
    assert i18n.current_language() == "zh"


# -- wide characters in plain text --------------------------------------------------------------------


def test_lines_break_between_characters_and_never_before_closing_punctuation() -> None:
    text = "固定的划分与种子无关；请写明划分，例如 split=64/16/20，或“随机”的划分。"
    for width in range(16, 50):
        lines = wrap(text, width)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert all(columns(line) <= width for line in lines)
        assert not any(line.startswith(("，", "；", "。", "”")) or line.endswith("“") for line in lines)


def test_seven_bit_signs_keep_the_writing() -> None:
    assert to_ascii("√2，“步” → b") == 'sqrt2，"步" -> b'


def test_no_text_of_the_interface_is_joined_from_sentences() -> None:
    """A sentence put together from translated pieces cannot be put in another order."""
    joined = []
    for path in sorted((ROOT / "nnlab").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
                sides = [n for n in (node.left, node.right) if isinstance(n, ast.Call)]
                named = [n for n in sides if isinstance(n.func, ast.Name) and n.func.id == "_"]
                if len(named) == 2:
                    joined.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not joined
