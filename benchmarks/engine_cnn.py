"""Convolutional networks as workloads: small grey images, small coloured ones, and what growth.py varies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine_workloads import Workload


@dataclass(frozen=True)
class Convolutional(Workload):
    """Convolutions ``pad=same`` with relu, a pooling of 2 behind every ``run_of``, then dense layers."""

    run_of: int = 1

    def torch_module(self) -> Any:
        import torch

        found = self.parameters()
        channels, last = self.shape[2], 1
        modules: list[Any] = []
        for name in sorted({name.split(".")[0] for name in found}):
            W, b = found[f"{name}.W"], found[f"{name}.b"]
            if name.startswith("conv"):
                layer: Any = torch.nn.Conv2d(W.shape[2], W.shape[3], W.shape[:2], padding="same")
                weight = W.transpose(3, 2, 0, 1)
                modules += [layer, torch.nn.ReLU()]
                modules += (
                    [torch.nn.MaxPool2d(2)] if int(name.removeprefix("conv")) % self.run_of == 0 else []
                )
                channels = W.shape[3]
            else:
                layer = torch.nn.Linear(*W.shape)
                if last == 1:  # behind the images, whose channels stand first in PyTorch
                    modules.append(torch.nn.Flatten())
                    W = W.reshape(-1, channels, W.shape[1]).transpose(1, 0, 2).reshape(W.shape)
                weight, last = W.T, W.shape[1]
                modules += [layer, torch.nn.ReLU()]
            with torch.no_grad():
                layer.weight.copy_(torch.from_numpy(weight.copy()))
                layer.bias.copy_(torch.from_numpy(b))
        return torch.nn.Sequential(*modules[:-1])

    def torch_input(self, x: Any, channels_last: bool = False) -> Any:
        import torch

        images = torch.from_numpy(x).permute(0, 3, 1, 2)
        layout = torch.channels_last if channels_last else torch.contiguous_format
        return images.contiguous(memory_format=layout)


CNN = {
    "cnn28": Convolutional(
        "conv 32 3x3 relu pad=same | maxpool 2 | conv 64 3x3 relu pad=same | maxpool 2 | flatten"
        " | dense 128 relu | dense 10",
        (28, 28, 1), 32, 4096, 800e6,
    ),
    "cnn32": Convolutional(
        "conv 32 3x3 relu pad=same | maxpool 2 | conv 64 3x3 relu pad=same | maxpool 2"
        " | conv 128 3x3 relu pad=same | maxpool 2 | flatten | dense 128 relu | dense 10",
        (32, 32, 3), 32, 4096, 1976e6,
    ),
}  # fmt: skip


def cnn(batch: int = 32, width: int = 32, depth: int = 2, side: int = 16) -> Convolutional:
    """``depth`` convolutions of ``width`` channels over coloured images, a pooling, a dense layer.

    FLOP are those of the products; nothing asks for the gradient of the data.
    """
    convolutions = " | ".join([f"conv {width} 3x3 relu pad=same"] * depth)
    places, after = side * side, (side // 2) ** 2 * width
    each = places * 9 * (2 * 3 * width + (depth - 1) * 3 * width * width) + 3 * after * 10
    text = f"{convolutions} | maxpool 2 | flatten | dense 10"
    return Convolutional(text, (side, side, 3), batch, 64 * batch, 2.0 * batch * each, run_of=depth)
