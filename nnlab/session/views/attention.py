"""Attention: which key every query takes how much of, and one row of that from scores to what is taken.

Forward the view turns around one weight (head, query, key): the head's weights with the words of both texts,
the row of the query stage by stage, query and key number by number, the values that are mixed, and all heads.
Backward it shows how the loss hangs on the weights and on the scores.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.address import Address
from nnlab.engine.expression import Expression, Extreme, Negative, Product, Quotient, Sum
from nnlab.engine.ops import AttentionWeights, Context, DotScores, HardChoice
from nnlab.engine.ops.attention import Scores, group, head_of
from nnlab.i18n import _
from nnlab.session.scene import (
    COLUMNS,
    ROWS,
    Axis,
    Block,
    Entry,
    Frame,
    Grid,
    Lattice,
    Note,
    Scene,
    Sheet,
    Wall,
)
from nnlab.session.steps import BEGINNING, NOTHING, names_at, read
from nnlab.session.views.owned import operations_of

if TYPE_CHECKING:
    from nnlab.engine.operation import Operation
    from nnlab.engine.values import Value
    from nnlab.session.columns import Column
    from nnlab.session.moment import Moment

Array = np.ndarray[Any, Any]
FEW = 64
"""Keys up to which the products of query and key are told for each: a quarter of a millisecond each."""

MANY = 14
"""Keys up to which every weight is written where the view is opened."""


def shows(operations: Sequence[Operation]) -> bool:
    return any(isinstance(o, Scores) for o in operations)


@dataclass(frozen=True)
class Attending:
    """The operations of one attention, and the values between them.

    ``taken`` (batch, heads, queries, keys) is what the values are mixed with: the weights, or what a draw or
    dropout has made of them.
    """

    scores: Scores
    softmax: AttentionWeights
    context: Context
    hard: HardChoice | None

    @classmethod
    def of(cls, operations: Sequence[Operation]) -> Attending:
        scores = next(o for o in operations if isinstance(o, Scores))
        softmax = next(o for o in operations if isinstance(o, AttentionWeights) and o.path == scores.path)
        context = next(o for o in operations if isinstance(o, Context) and o.path == scores.path)
        hard = next((o for o in operations if isinstance(o, HardChoice) and o.path == scores.path), None)
        return cls(scores, softmax, context, hard)

    @property
    def q(self) -> Value:
        return self.scores.inputs[0]

    @property
    def k(self) -> Value:
        return self.scores.inputs[1]

    @property
    def v(self) -> Value:
        return self.context.inputs[1]

    @property
    def weights(self) -> Value:
        return self.softmax.outputs[0]

    @property
    def taken(self) -> Value:
        return self.context.inputs[0]

    @property
    def heads(self) -> int:
        return self.scores.heads

    @property
    def own(self) -> frozenset[str]:
        """The values (batch, heads, queries, keys)."""
        found = {self.scores.outputs[0].name, self.weights.name, self.taken.name}
        return frozenset(
            found | ({v.name for v in self.hard.outputs[:2]} if self.hard is not None else set())
        )

    def hidden(self, moment: Moment) -> Array:
        """Which keys a query does not see (queries, keys)."""
        queries, keys = self.weights.shape[2:]
        found = np.zeros((queries, keys), bool)
        if self.softmax.causal:
            found |= np.arange(keys) > np.arange(queries)[:, None]
        if self.softmax.padded:
            found |= read(moment, self.softmax.inputs[1].name) == 0
        return found


@dataclass(frozen=True)
class Turn:
    """What the view turns around: a head, a query, a key, and one number ``c`` of those of the head."""

    head: int
    query: int
    key: int
    c: int


def wanted(moment: Moment, column: Column, opened: bool) -> Iterator[str]:
    parts = _parts(moment, column)
    yield parts.weights.name
    if opened:
        yield from (*parts.own, parts.q.name, parts.k.name, parts.v.name, parts.context.outputs[0].name)
        yield from (
            v.name for o in (parts.scores, parts.softmax, parts.hard) if o is not None for v in o.outputs
        )


def anchors(moment: Moment, column: Column, address: Address) -> bool:
    return address.value in _parts(moment, column).own


def scene(moment: Moment, column: Column, at: Address, cursor: Address) -> Scene:
    """Around the weight or score ``at`` (row, head, query, key)."""
    parts = _parts(moment, column)
    turn = turned(moment, column, parts, at, cursor)
    words = names_at(moment, parts.q.name), names_at(moment, parts.k.name)
    if moment.backward:
        blocks, home = _backward(moment, parts, turn, words)
    else:
        blocks, home = _forward(moment, parts, turn, words)
    title = f"{column.name}  " + _("head {k} of {n}", k=turn.head + 1, n=parts.heads)
    if words[0] != words[1]:
        title += "  " + _("{written} reads {read}", written=_text(words[0]), read=_text(words[1]))
    return Scene(title, tuple(blocks), _rule(parts, moment.backward), home)


def overview(moment: Moment, column: Column, at: Address) -> Grid | Wall:
    """The weights of all heads in small."""
    parts = _parts(moment, column)
    turn = turned(moment, column, parts, at, at)
    value = parts.weights.name
    shown = _wall(moment, parts, turn, value)
    return shown if parts.heads > 1 else _matrix(moment, parts, turn, value, ((), ()), "")


def turned(moment: Moment, column: Column, parts: Attending, at: Address, cursor: Address) -> Turn:
    """The cursor's query, key and number where it stands on one; else those of ``at``."""
    keys, width = parts.weights.shape[3], parts.q.shape[2]
    head, query, key = 0, -1, -1
    if at.value in parts.own:
        head, query, key = at.index[1:]
    c = group(width, parts.heads, head).start
    name, index = cursor.value, cursor.index
    values = parts.v.name, parts.context.outputs[0].name
    if name == parts.q.name or name in values or name == parts.k.name:
        c = index[2]
        head = head_of(width, parts.heads, c)
        if name in (parts.q.name, values[1]):
            query = index[1]
        else:
            key = index[1]
    elif name == column.post and any(index[1:]) and query < 0:
        query = index[1]
    if query < 0:
        query = _asked(moment, parts)
    if key < 0:
        weights = moment.array(parts.weights.name)
        key = 0 if weights is None else int(np.argmax(weights[moment.row, head, query]))
    return Turn(head, query, min(key, keys - 1), c)


# -- forward ------------------------------------------------------------------------------------------


def _forward(
    moment: Moment, parts: Attending, turn: Turn, words: tuple[tuple[str, ...], tuple[str, ...]]
) -> tuple[list[Block], Address]:
    home = _place(moment, parts.weights.name, turn)
    blocks: list[Block] = [_matrix(moment, parts, turn, parts.weights.name, words, _("weights"))]
    blocks.append(_row(moment, parts, turn, words))
    if parts.heads > 1:
        blocks.append(_wall(moment, parts, turn, parts.weights.name))
    blocks.append(_pair(moment, parts, turn, words))
    if (told := _in_full(moment, parts, turn)) is not None:
        blocks.append(told)
    blocks += _mixed(moment, parts, turn, words)
    return blocks, home


def _matrix(
    moment: Moment,
    parts: Attending,
    turn: Turn,
    value: str,
    words: tuple[tuple[str, ...], tuple[str, ...]],
    title: str,
) -> Grid:
    """A head's numbers (queries, keys): shares forward, gradients backward; the row of the query framed."""
    part = moment.part_of(value)
    array = moment.array(value, part)
    hidden = parts.hidden(moment)
    values = None if array is None else np.asarray(array[moment.row, turn.head], float)
    share = not part and value != parts.scores.outputs[0].name
    marks = {"masked": hidden}
    if parts.hard is not None and not part:
        choice = moment.array(parts.hard.outputs[0].name)
        if choice is not None:
            marks["winner"] = np.asarray(choice[moment.row, turn.head]) > 0
    note = ""
    if title and share:
        note = _("rows ask, columns answer; each row adds up to 100")
        note += _("; // is not seen") if hidden.any() else ""
        note += _("; * is drawn") if "winner" in marks else ""
    return Grid(
        f"{'d' if part else ''}{value}" if title else "",
        values,
        Lattice(value, (moment.row, turn.head, ROWS, COLUMNS), moment.shape(value), part),
        words[0],
        words[1],
        "share" if share else "signed",
        _strongest(moment, parts) if share else None,
        hidden.shape,
        marks,
        (Frame(turn.query, 0, 1, hidden.shape[1]),) if title else (),
        note,
        least="pixels" if not title or hidden.shape[1] > MANY else "numbers" if share else "tiles",
    )


def _row(
    moment: Moment, parts: Attending, turn: Turn, words: tuple[tuple[str, ...], tuple[str, ...]]
) -> Sheet:
    """The keys of one query from score to what is taken of their value."""
    head, query = turn.head, turn.query
    raw = [] if not isinstance(parts.scores, DotScores) else _raw_scores(moment, parts, turn)
    size = parts.q.shape[2] // parts.heads
    label = f"÷√{size}" if raw else "w·tanh" if not isinstance(parts.scores, DotScores) else f"q·k/√{size}"
    total = Address(parts.softmax.outputs[2].name, (moment.row, head, query, 0))
    weights = _over_keys(moment, parts, turn, parts.weights, _("weight"), "share")
    entries = [
        *raw,
        _over_keys(moment, parts, turn, parts.scores.outputs[0], label),
        Entry("exp", _exponentials(moment, parts, turn), (), moment.number(total), total, "unsigned"),
        weights,
    ]
    if parts.hard is not None:
        entries.append(_over_keys(moment, parts, turn, parts.hard.outputs[1], _("sum so far"), "unsigned"))
    if parts.taken is not parts.weights:
        drawn = _("drawn") if parts.hard is not None else _("after dropout")
        entries.append(_over_keys(moment, parts, turn, parts.taken, drawn, "unsigned"))
    entries += _taken(moment, parts, turn)
    title = _("query “{word}”: its keys from score to value", word=words[0][query])
    hidden = parts.hidden(moment)[query]
    return Sheet(title, words[1], tuple(entries), turn.key, hidden, len(raw), _drawn(moment, parts, turn))


def _drawn(moment: Moment, parts: Attending, turn: Turn) -> str:
    """How a hard choice fell."""
    if parts.hard is None:
        return ""
    names = [v.name for v in parts.hard.outputs[2:4]]
    mark, draw = (moment.number(Address(n, (moment.row, turn.head, turn.query, 0))) for n in names)
    if mark is None or draw is None:
        return ""
    return _("drawn {draw:.3f}: the first key whose sum so far is above {mark:.3f}", draw=draw, mark=mark)


def _over_keys(
    moment: Moment,
    parts: Attending,
    turn: Turn,
    value: Value,
    name: str,
    kind: str = "signed",
    part: str = "",
) -> Entry:
    """One row of a value (batch, heads, queries, keys)."""
    array = moment.array(value.name, part)
    head, query = turn.head, turn.query
    values = None if array is None else np.asarray(array[moment.row, head, query], float)
    places = tuple(Address(value.name, (moment.row, head, query, key), part) for key in range(value.shape[3]))
    return Entry(name, values, places, kind=kind)


def _raw_scores(moment: Moment, parts: Attending, turn: Turn) -> list[Entry]:
    """q·k before it is scaled and hidden, as the explanations have it; nothing where there are many keys."""
    keys = parts.weights.shape[3]
    if keys > FEW:
        return []
    found = np.full(keys, np.nan)
    for key in range(keys):
        explanation = moment.explain(_place(moment, parts.scores.outputs[0].name, turn, key))
        if explanation is None or explanation.expression is None:
            return [Entry("q·k", None)]
        found[key] = sum(term.evaluate() for term in _products(explanation.expression))
    return [Entry("q·k", found)]


def _exponentials(moment: Moment, parts: Attending, turn: Turn) -> Array | None:
    """exp(score − max) of every key: the terms of their sum."""
    total = Address(parts.softmax.outputs[2].name, (moment.row, turn.head, turn.query, 0))
    return _by_key(moment, total, parts.scores.outputs[0].name, parts.weights.shape[3], 3)


def _taken(moment: Moment, parts: Attending, turn: Turn) -> list[Entry]:
    """The number ``c`` of every value, its part in what is taken, and their sum."""
    array = moment.array(parts.v.name)
    keys = parts.v.shape[1]
    values = None if array is None else np.asarray(array[moment.row, :, turn.c], float)
    places = tuple(Address(parts.v.name, (moment.row, key, turn.c)) for key in range(keys))
    total = Address(parts.context.outputs[0].name, (moment.row, turn.query, turn.c))
    products = _by_key(moment, total, parts.v.name, keys, 1)
    return [
        Entry(f"v[{turn.c}]", values, places),
        Entry(_("product"), products, (), moment.number(total), total),
    ]


def _by_key(moment: Moment, total: Address, operand: str, keys: int, axis: int) -> Array | None:
    """The terms of a sum over the keys, by the index of their operand along ``axis``."""
    explanation = moment.explain(total)
    if explanation is None:
        return None
    found = np.full(keys, np.nan)
    for term in explanation.terms:
        own = next((a for a in term.addresses if a.value == operand), None)
        if own is not None:
            found[own.index[axis]] = term.value
    return found


def _pair(
    moment: Moment, parts: Attending, turn: Turn, words: tuple[tuple[str, ...], tuple[str, ...]]
) -> Grid:
    """Query and key number by number, and the products that add up to their score."""
    own = group(parts.q.shape[2], parts.heads, turn.head)
    at = _place(moment, parts.scores.outputs[0].name, turn)
    explanation = moment.explain(at)
    additive = not isinstance(parts.scores, DotScores)
    rows: list[tuple[str, str, tuple[int, ...]]] = [
        (f"q {words[0][turn.query]}", parts.q.name, (moment.row, turn.query)),
        (f"k {words[1][turn.key]}", parts.k.name, (moment.row, turn.key)),
    ]
    if additive:
        rows.append(("tanh(q + k)", parts.scores.outputs[1].name, (moment.row, turn.query, turn.key)))
        rows.append(("w", parts.scores.inputs[2].name, ()))
    products = np.full(len(own), np.nan)
    if explanation is not None and explanation.expression is not None:
        for term in _products(explanation.expression):
            found = next(iter(term.references())).address
            products[found.index[-1] - own.start] = term.evaluate()
    title = _("“{query}” asks “{key}”", query=words[0][turn.query], key=words[1][turn.key])
    return _strips(moment, title, rows, own, ("w·tanh" if additive else "q·k", products))


def _strips(
    moment: Moment,
    title: str,
    rows: Sequence[tuple[str, str, tuple[int, ...]]],
    own: range,
    last: tuple[str, Array],
    part: str = "",
) -> Grid:
    """Vectors below each other (name, value, index in front), and what comes of them."""
    found, cells = [], []
    for _label, value, head in rows:
        array = moment.array(value, part and moment.part_of(value))
        found.append(
            np.full(len(own), np.nan)
            if array is None
            else np.asarray(array[head], float)[own.start : own.stop]
        )
        cells.append(tuple(Address(value, (*head, c), part and moment.part_of(value)) for c in own))
    known = [row for row in found if not np.isnan(row).all()]
    labels = tuple(label for label, _value, _head in rows)
    return Grid(
        title,
        np.stack([*found, last[1]]) if known else None,
        _listed([*cells, (None,) * len(own)]),
        (*labels, last[0]),
        tuple(map(str, own)),
        size=(len(rows) + 1, len(own)),
    )


def _in_full(moment: Moment, parts: Attending, turn: Turn) -> Note | None:
    """The weight's own arithmetic."""
    at = _place(moment, parts.weights.name, turn)
    explanation = moment.explain(at)
    if explanation is None or parts.hidden(moment)[turn.query, turn.key]:
        return None
    return Note(f"{at} = {explanation.numbers()} = {explanation.value:.4g}", "formula")


def _mixed(
    moment: Moment, parts: Attending, turn: Turn, words: tuple[tuple[str, ...], tuple[str, ...]]
) -> list[Block]:
    """The values of all keys, and what the query takes of them."""
    own = group(parts.v.shape[2], parts.heads, turn.head)
    array, context = moment.array(parts.v.name), moment.array(parts.context.outputs[0].name)
    values = None if array is None else np.asarray(array[moment.row, :, own.start : own.stop], float)
    places = Lattice(parts.v.name, (moment.row, ROWS, Axis("columns", own.start)), moment.shape(parts.v.name))
    given = Grid(
        _("{value}: what each key gives", value=parts.v.name),
        values, places, words[1], tuple(map(str, own)), size=(parts.v.shape[1], len(own)),
    )  # fmt: skip
    name = parts.context.outputs[0].name
    taken = (
        None if context is None else np.asarray(context[moment.row, turn.query, own.start : own.stop], float)
    )
    sum_places = Lattice(name, (moment.row, turn.query, Axis("columns", own.start)), moment.shape(name))
    mixed = Grid(
        _("{value}: what “{word}” takes", value=name, word=words[0][turn.query]),
        None if taken is None else taken[None], sum_places, columns=tuple(map(str, own)), size=(1, len(own)),
    )  # fmt: skip
    return [given, mixed]


def _wall(moment: Moment, parts: Attending, turn: Turn, value: str) -> Wall:
    """All heads side by side; choosing one keeps query and key."""
    part = moment.part_of(value)
    heads = [
        _matrix(moment, parts, Turn(h, turn.query, turn.key, turn.c), value, ((), ()), "")
        for h in range(parts.heads)
    ]
    grids = tuple(Grid(str(h + 1), g.values, kind=g.kind, limit=g.limit, size=g.size, marks=g.marks)
                  for h, g in enumerate(heads))  # fmt: skip
    picks = tuple(Address(value, (moment.row, h, turn.query, turn.key), part) for h in range(parts.heads))
    return Wall(_("heads"), grids, turn.head, picks)


# -- backward -----------------------------------------------------------------------------------------


def _backward(
    moment: Moment, parts: Attending, turn: Turn, words: tuple[tuple[str, ...], tuple[str, ...]]
) -> tuple[list[Block], Address]:
    taken, scores = parts.taken.name, parts.scores.outputs[0].name
    home = Address(taken, (moment.row, turn.head, turn.query, turn.key), "grad")
    blocks: list[Block] = [
        _matrix(moment, parts, turn, taken, words, _("weights")),
        _blame(moment, parts, turn, words),
        _matrix(moment, parts, turn, scores, words, _("scores")),
    ]
    if parts.heads > 1:
        blocks.append(_wall(moment, parts, turn, taken))
    blocks.append(_asked_of_values(moment, parts, turn, words))
    blocks += _onwards(moment, parts, turn, words)
    return blocks, home


def _blame(
    moment: Moment, parts: Attending, turn: Turn, words: tuple[tuple[str, ...], tuple[str, ...]]
) -> Sheet:
    """The row of the query from dL/dweight to dL/dscore, and on to one number of dL/dq."""
    scores, keys = parts.scores.outputs[0], parts.weights.shape[3]
    share = _over_keys(moment, parts, turn, parts.weights, _("weight"), "share")
    shares, total = _shares(moment, parts, turn)
    to_query = Address(parts.q.name, (moment.row, turn.query, turn.c), "grad")
    entries = [
        _over_keys(moment, parts, turn, parts.taken, "dweight", part="grad"),
        share,
        Entry(_("product"), shares, (), total),
        _over_keys(moment, parts, turn, scores, "dscore", part="grad"),
    ]
    if isinstance(parts.scores, DotScores):
        found = _by_key(moment, to_query, parts.k.name, keys, 1)
        number = moment.number(to_query)
        entries.append(Entry(f"dq[{turn.c}]", found, (), number, to_query))
    hidden = parts.hidden(moment)[turn.query]
    note = _("dscore = weight·(dweight − Σ); d is short for dL/d")
    title = _("query “{word}”: the loss back from its weights to its scores", word=words[0][turn.query])
    return Sheet(title, words[1], tuple(entries), turn.key, hidden, 0, note)


def _shares(moment: Moment, parts: Attending, turn: Turn) -> tuple[Array | None, float | None]:
    """dL/dweight · weight of every key, and their sum, as the explanation of a score's gradient has them."""
    at = Address(parts.scores.outputs[0].name, (moment.row, turn.head, turn.query, turn.key), "grad")
    explanation = moment.explain(at)
    if explanation is None or not isinstance(explanation.expression, Product):
        return None, None
    inner = explanation.expression.factors[-1]
    subtracted = next((t.inner for t in inner.children() if isinstance(t, Negative)), None)
    if subtracted is None:
        return None, None
    found = np.full(parts.weights.shape[3], np.nan)
    for term in subtracted.terms if isinstance(subtracted, Sum) else (subtracted,):
        found[next(iter(term.references())).address.index[3]] = term.evaluate()
    return found, subtracted.evaluate()


def _asked_of_values(
    moment: Moment, parts: Attending, turn: Turn, words: tuple[tuple[str, ...], tuple[str, ...]]
) -> Grid:
    """Where dL/dweight comes from: dL/dcontext times the key's value."""
    own = group(parts.v.shape[2], parts.heads, turn.head)
    context = parts.context.outputs[0].name
    at = Address(parts.taken.name, (moment.row, turn.head, turn.query, turn.key), "grad")
    explanation = moment.explain(at)
    products = np.full(len(own), np.nan)
    for term in explanation.terms if explanation is not None else ():
        found = next((a for a in term.addresses if a.value == parts.v.name), None)
        if found is not None:
            products[found.index[2] - own.start] = term.value
    gradient, values = moment.array(context, "grad"), moment.array(parts.v.name)
    rows = []
    for array, position in ((gradient, turn.query), (values, turn.key)):
        empty = np.full(len(own), np.nan)
        rows.append(
            empty if array is None else np.asarray(array[moment.row, position, own.start : own.stop], float)
        )
    cells = [
        tuple(Address(context, (moment.row, turn.query, c), "grad") for c in own),
        tuple(Address(parts.v.name, (moment.row, turn.key, c)) for c in own),
        (None,) * len(own),
    ]
    labels = f"dcontext {words[0][turn.query]}", f"v {words[1][turn.key]}", _("product")
    title = _("dL/dweight of “{key}”: what its value would change", key=words[1][turn.key])
    known = gradient is not None
    return Grid(title, np.stack([*rows, products]) if known else None, _listed(cells), labels,
                tuple(map(str, own)), size=(3, len(own)))  # fmt: skip


def _onwards(
    moment: Moment, parts: Attending, turn: Turn, words: tuple[tuple[str, ...], tuple[str, ...]]
) -> list[Block]:
    """The gradients of queries, keys and values of the head, which go on to their weights."""
    blocks: list[Block] = []
    for value, names in ((parts.q, words[0]), (parts.k, words[1]), (parts.v, words[1])):
        own = group(value.shape[2], parts.heads, turn.head)
        array = moment.array(value.name, "grad")
        values = None if array is None else np.asarray(array[moment.row, :, own.start : own.stop], float)
        index = moment.row, ROWS, Axis("columns", own.start)
        places = Lattice(value.name, index, moment.shape(value.name), "grad")
        size = value.shape[1], len(own)
        blocks.append(Grid(f"d {value.name}", values, places, names, tuple(map(str, own)), size=size))
    return blocks


# -- parts --------------------------------------------------------------------------------------------


def _parts(moment: Moment, column: Column) -> Attending:
    return Attending.of(operations_of(moment, column.name))


def _rule(parts: Attending, backward: bool) -> str:
    """The whole of it in one line."""
    if backward:
        return "dscores = weights·(dweights − Σ dweights·weights)"
    scores = "q·k/√D" if isinstance(parts.scores, DotScores) else "w·tanh(q + k)"
    return f"hard(softmax({scores}))·v" if parts.hard is not None else f"softmax({scores})·v"


def _place(moment: Moment, value: str, turn: Turn, key: int = -1) -> Address:
    return Address(value, (moment.row, turn.head, turn.query, turn.key if key < 0 else key))


def _listed(cells: Sequence[tuple[Address | None, ...]]) -> Any:
    from nnlab.session.scene import Listed

    return Listed(tuple(cells))


def _products(expression: Expression) -> Sequence[Expression]:
    """The products of a score, before scale and mask."""
    while isinstance(expression, Extreme):
        expression = expression.operands[0]
    if isinstance(expression, Quotient):
        expression = expression.above
    return expression.terms if isinstance(expression, Sum) else (expression,)


def _strongest(moment: Moment, parts: Attending) -> float | None:
    """The largest weight of the example, which all heads are shaded against."""
    array = moment.array(parts.weights.name)
    return None if array is None else float(np.max(array[moment.row], initial=0.0)) or None


def _asked(moment: Moment, parts: Attending) -> int:
    """The query to begin with: the first that something is asked of, where not all are; of a text that is
    read as a whole the one the loss hangs on most; of a writer the last, which may see most."""
    queries = parts.weights.shape[2]
    if moment.data.task == "tokens" and not parts.softmax.causal:
        asked = np.asarray(moment.data.y[moment.dataset_row]).reshape(-1) >= 0
        return int(np.argmax(asked)) if len(asked) == queries else 0
    if moment.data.task != "tokens":
        gradient = moment.array(parts.context.outputs[0].name, "grad")
        return 0 if gradient is None else int(np.argmax(np.abs(gradient[moment.row]).max(axis=1)))
    words = names_at(moment, parts.q.name)
    return max((k for k, word in enumerate(words) if word != NOTHING), default=0)


def _text(words: Sequence[str]) -> str:
    """A text as it is named in a title."""
    shown = [word for word in words if word not in (NOTHING, BEGINNING)]
    return "“" + (" " if any(len(word) > 1 for word in shown) else "").join(shown) + "”"
