"""The learner's own text as data of a language model: read, cut into tokens, cut into windows."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from nnlab.data.assemble import assemble, checked
from nnlab.data.csvdata import MAX_CELLS
from nnlab.data.dataset import Dataset
from nnlab.data.registry import FILE
from nnlab.data.spec import Value, quote
from nnlab.data.text.characters import Characters
from nnlab.data.text.corpus import language_model
from nnlab.data.text.pairs import BytePairs
from nnlab.data.text.tokenizer import UNKNOWN, Tokenizer
from nnlab.data.text.words import Words
from nnlab.data.textfile import lines, open_file
from nnlab.errors import NnlabError
from nnlab.i18n import _

MAX_SIGNS = 16_000_000


def read_text(
    path: str | PathLike[str],
    *,
    tokens: str = "char",
    context: int = 32,
    stride: int = 16,
    vocabulary: int = 1000,
    split: str = "60/20/20",
    seed: int = 1,
) -> Dataset:
    """A text file in UTF-8, to be gone on with token by token, as :func:`from_text` takes it."""
    file = Path(path).expanduser()
    with open_file(file) as opened:
        text = "".join(lines(opened, file)).replace("\r\n", "\n").replace("\r", "\n")
    given: dict[str, Value] = {
        "tokens": tokens, "context": context, "stride": stride, "vocabulary": vocabulary, "split": split,
        "seed": seed,
    }  # fmt: skip
    return from_text(
        text,
        name=file.stem,
        spec=FILE.text({**FILE.defaults, **given}, head=quote(f"file:{file.resolve()}")),
        source=str(file),
        tokens=tokens, context=context, stride=stride, vocabulary=vocabulary, split=split, seed=seed,
    )  # fmt: skip


def from_text(
    text: str,
    *,
    name: str = "own",
    tokens: str = "char",
    context: int = 32,
    stride: int = 16,
    vocabulary: int = 1000,
    split: str = "60/20/20",
    seed: int = 1,
    spec: str = "",
    source: str = "",
) -> Dataset:
    """A text in memory, x and y int64 (n, context): the tokens, and the same tokens one place later.

    ``tokens``: ``char``, ``word`` or ``bpe``, of which the last two have at most ``vocabulary`` tokens and
    write ``□`` for a word that is not among them.  A training row begins every ``stride`` tokens.
    """
    tokens, split = checked(FILE.options, "tokens", tokens), checked(FILE.options, "split", split)
    context, stride = checked(FILE.options, "context", context), checked(FILE.options, "stride", stride)
    size, seed = checked(FILE.options, "vocabulary", vocabulary), checked(FILE.options, "seed", seed)
    if len(text) > MAX_SIGNS:
        raise NnlabError(
            _(
                "{name} has {count} signs and nnlab reads texts of up to {limit}; take a part of it",
                name=name,
                count=f"{len(text):,}",
                limit=f"{MAX_SIGNS:,}",
            )
        )
    if not text.strip():
        raise NnlabError(
            _("{name} holds no text, only blanks; a language model needs some to learn from", name=name)
        )
    tokenizer = _learned(text, tokens, size)
    made = -(-len(tokenizer.cut(text)) // stride) * context * 2
    if made > MAX_CELLS:
        raise NnlabError(
            _(
                "{name} makes {made} numbers with context={context} stride={stride} and nnlab holds up to "
                "{limit}; give a larger stride, or a shorter text",
                name=name,
                made=f"{made:,}",
                context=context,
                stride=stride,
                limit=f"{MAX_CELLS:,}",
            )
        )
    return assemble(
        language_model(text, tokenizer, context, stride, split),
        name=name,
        split=split,
        seed=seed,
        scale="none",
        spec=spec,
        source=source or name,
        licence=FILE.licence,
    )


def _learned(text: str, tokens: str, size: int) -> Tokenizer:
    if tokens == "word":
        learned = Words.learn(text, UNKNOWN, size=size)
        # Where every word has found room, there is nothing unknown.
        return learned if set(learned.cut(text)) - set(learned.vocabulary) else Words(learned.vocabulary[1:])
    return BytePairs.learn(text, size=size) if tokens == "bpe" else Characters.learn(text)
