"""Actions about scale: a batch shared out among workers, and how fast this machine multiplies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnlab.i18n import N_, _
from nnlab.session.action import Action, Result, register
from nnlab.session.words import Words

if TYPE_CHECKING:
    from nnlab.session.session import Session

MOST_WORKERS, LARGEST = 64, 4096
SIZES = (32, 128, 512)


@register
@dataclass(frozen=True)
class Workers(Action):
    """The batch of the current step cut into shards, one for each worker."""

    name = "workers"
    syntax = "workers [N | ROWS+ROWS+…]"
    help = N_("share the batch out among workers and put their gradients together again")
    example = "workers 4"
    category = "training"
    undoable = False
    logged = False

    shards: tuple[int, ...] = (4,)
    """One number: so many workers with equal shards, as far as that goes; several: the rows of each."""

    @classmethod
    def parse(cls, words: Words) -> Workers:
        if not words.more:
            return cls()
        word = words.take(_("the number of workers, or the rows of each"))
        if "+" not in word:
            return cls((Words(word).integer(_("workers"), low=1, high=MOST_WORKERS),))
        parts = word.split("+")
        if not all(parts):
            raise words.fail(_("a number of rows is missing beside a “+”, as in 24+8"), back=1)
        rows = [Words(part).integer(_("rows"), low=1, high=10**9) for part in parts]
        if len(rows) > MOST_WORKERS:
            raise words.fail(_("at most {n} workers", n=MOST_WORKERS), back=1)
        return cls(tuple(rows))

    def __str__(self) -> str:
        return f"{self.name} {'+'.join(map(str, self.shards))}"

    def apply(self, session: Session) -> Result:
        from nnlab.session.pages import PAGES
        from nnlab.session.scene_text import render_scene
        from nnlab.training.studies.workers import equal_shards, workers

        run = session.need_run()
        shards = self.shards if len(self.shards) > 1 else equal_shards(run, self.shards[0])
        found = workers(run, shards)
        session.studies["workers"] = found
        return Result(render_scene(PAGES["workers"].scene(found), session.look), payload=found)


@register
@dataclass(frozen=True)
class Matmul(Action):
    """Products of square matrices, timed."""

    name = "matmul"
    syntax = "matmul [N …]"
    help = N_("time the product of two N×N matrices on this machine")
    example = "matmul 32 128 512"
    category = "looking"
    undoable = False
    logged = False

    sizes: tuple[int, ...] = SIZES

    @classmethod
    def parse(cls, words: Words) -> Matmul:
        sizes = []
        while words.more:
            sizes.append(words.integer(_("the size of the matrices"), low=1, high=LARGEST))
        return cls(tuple(sizes) or SIZES)

    def __str__(self) -> str:
        return " ".join([self.name, *map(str, self.sizes)])

    def apply(self, session: Session) -> Result:
        from nnlab.engine.device import choose
        from nnlab.engine.products import time_products
        from nnlab.session.scene import Line, Scene, Table
        from nnlab.session.scene_text import render_scene

        chosen = choose(session.device)
        found = time_products(self.sizes, chosen.xp)
        lines = tuple(
            Line(
                f"{p.n} × {p.n}",
                p.seconds * 1e3,
                note=_(
                    "{operations} operations, {rate} billion a second",
                    operations=f"{p.operations:,}",
                    rate=f"{p.rate / 1e9:.3g}",
                ),
            )
            for p in found
        )
        table = Table(_("milliseconds for one product on {device}", device=chosen.name), lines, digits=4)
        return Result(render_scene(Scene(_("matrix products"), (table,)), session.look), payload=found)
