"""The small GPT of engine_step.py, and its twin in PyTorch (attention by its fused function); growth.py
varies it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from engine_workloads import SEED, Workload

HEADS, VOCABULARY = 4, 65


@dataclass(frozen=True)
class Gpt(Workload):
    """A next token for every place of a text."""

    width: int = 64
    depth: int = 2

    def data(self) -> tuple[Any, Any]:
        """Token ids and those that follow, both (rows, length)."""
        from nnlab.engine import rng

        x, y = (rng.uniform(SEED, name, 0, (self.rows, *self.shape)) for name in "xy")
        return (x * VOCABULARY).astype(np.int64), (y * VOCABULARY).astype(np.int64)

    def dataset(self) -> Any:
        x, y = self.data()
        signs = tuple(chr(ord("!") + k) for k in range(VOCABULARY))
        return self.made(task="tokens", x=x, y=y, vocabulary=signs, target_vocabulary=signs)

    def torch_module(self) -> Any:
        import torch
        from torch import nn
        from torch.nn import functional as F

        ours = {name: torch.from_numpy(array) for name, array in self.parameters().items()}
        width, depth = self.width, self.depth

        def put(module: Any, **arrays: Any) -> Any:
            module.load_state_dict({name: array.contiguous() for name, array in arrays.items()})
            return module

        def norm(name: str) -> Any:
            return put(nn.LayerNorm(width), weight=ours[f"{name}.gamma"], bias=ours[f"{name}.beta"])

        def linear(names: list[str], biases: list[str]) -> Any:
            W, b = torch.cat([ours[n] for n in names], 1), [ours[n] for n in biases]
            arrays = {"weight": W.T} | ({"bias": torch.cat(b)} if b else {})
            return put(nn.Linear(*W.shape, bias=bool(b)), **arrays)

        class Block(nn.Module):
            def __init__(self, name: str):
                super().__init__()
                self.norm1, self.norm2 = norm(f"{name}.ln1"), norm(f"{name}.ln2")
                self.qkv = linear([f"{name}.W{c}" for c in "qkv"], [f"{name}.b{c}" for c in "qkv"])
                self.out = linear([f"{name}.Wo"], [f"{name}.bo"])
                self.ff1 = linear([f"{name}.ff1.W"], [f"{name}.ff1.b"])
                self.ff2 = linear([f"{name}.ff2.W"], [f"{name}.ff2.b"])

            def forward(self, x: Any) -> Any:
                split = (*x.shape[:2], 3, HEADS, width // HEADS)  # (B, T, 3, heads, D)
                q, k, v = self.qkv(self.norm1(x)).view(split).permute(2, 0, 3, 1, 4)  # (B, heads, T, D)
                a = F.scaled_dot_product_attention(q, k, v, is_causal=True)
                x = x + self.out(a.transpose(1, 2).reshape(x.shape))
                return x + self.ff2(F.gelu(self.ff1(self.norm2(x)), approximate="tanh"))

        class Model(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.tokens = put(nn.Embedding(VOCABULARY, width), weight=ours["embed1.W"])
                self.positions = nn.Parameter(ours["positions1.P"])
                self.blocks = nn.Sequential(*[Block(f"block{n}") for n in range(1, depth + 1)])
                self.norm, self.head = norm("layernorm1"), linear(["dense1.W"], [])

            def forward(self, ids: Any) -> Any:
                return self.head(self.norm(self.blocks(self.tokens(ids) + self.positions)))

        return Model()


def gpt(width: int = 64, depth: int = 2, length: int = 64, batch: int = 16, rows: int = 4096) -> Gpt:
    """FLOP are multiply and add of the matrix products: forward, and twice that backward."""
    blocks = " | ".join([f"block {HEADS} causal bias=yes"] * depth)
    text = (
        f"embed {width} vocab={VOCABULARY} | positions learned | {blocks} | layernorm | "
        f"dense {VOCABULARY} bias=no"
    )
    each = depth * (12 * width * width + 2 * length * width) + width * VOCABULARY
    flop = 6.0 * batch * length * each
    return Gpt(text, (length,), batch, rows, flop, VOCABULARY, width=width, depth=depth)


GPT = gpt()
