"""Layers, the notation that writes them, and networks made of them."""

from nnlab.network.layers import ACTIVATIONS, LAYERS, Argument, Layer, LayerKind, shape_text
from nnlab.network.network import Network
from nnlab.network.notation import format_layers, parse_layer, parse_layers
from nnlab.network.pictures import with_picture
from nnlab.network.wiring import LedgerRow, layer_names, ledger

__all__ = [
    "ACTIVATIONS",
    "LAYERS",
    "Argument",
    "Layer",
    "LayerKind",
    "LedgerRow",
    "Network",
    "format_layers",
    "layer_names",
    "ledger",
    "parse_layer",
    "parse_layers",
    "shape_text",
    "with_picture",
]
