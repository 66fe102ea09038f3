"""The kinds of layer a network is built from.

A layer only composes operations: it knows its notation, its output shape, its parameter count and how to
add itself to a graph.  :data:`LAYERS` is read by the notation, the builder's palette, the documentation
and the tests; a new kind of layer is one class, and one entry in the ``KINDS`` of its module.
"""

from nnlab.network.layers import (
    activation,
    arithmetic,
    arrange,
    attention,
    batchnorm,
    bias,
    block,
    conv,
    dense,
    embedding,
    gaussian,
    marks,
    normalise,
    pairs,
    pool,
    positions,
    recurrent,
    sequences,
    shape,
    transposed,
    versus,
)
from nnlab.network.layers.activation import ACTIVATIONS, RECTIFIERS, Activation, LeakyReLU
from nnlab.network.layers.argument import Argument, Shape, shape_text
from nnlab.network.layers.arrange import Reshape
from nnlab.network.layers.batchnorm import BatchNorm
from nnlab.network.layers.bias import Bias
from nnlab.network.layers.conv import Convolution, Convolution1D, Depthwise
from nnlab.network.layers.dense import Dense
from nnlab.network.layers.embedding import Embed
from nnlab.network.layers.gaussian import Sample
from nnlab.network.layers.layer import Layer, LayerKind
from nnlab.network.layers.marks import From, Mark
from nnlab.network.layers.pairs import Dot
from nnlab.network.layers.pool import AveragePool, GlobalAveragePool, GlobalMaxPool, MaxPool
from nnlab.network.layers.recurrent import GRU, LSTM, RNN
from nnlab.network.layers.sequences import Last, MeanTime, Repeat
from nnlab.network.layers.shape import Dropout, Flatten
from nnlab.network.layers.transposed import ConvolutionTranspose, Upsample
from nnlab.network.layers.versus import Noise, Versus

MODULES = (
    dense, activation, shape, bias,
    conv, pool, batchnorm, normalise, transposed,
    embedding, recurrent, sequences, positions, attention, block,
    marks, arithmetic, arrange,
    gaussian, pairs, versus,
)  # fmt: skip
"""In the order of the palette: what a first network is made of, images, sequences, branches, generators."""

LAYERS: dict[str, LayerKind] = {kind.word: kind for module in MODULES for kind in module.KINDS}

__all__ = [
    "ACTIVATIONS", "GRU", "LAYERS", "LSTM", "RECTIFIERS", "RNN", "Activation", "Argument", "AveragePool",
    "BatchNorm", "Bias", "Convolution", "Convolution1D", "ConvolutionTranspose", "Dense", "Depthwise",
    "Dot", "Dropout", "Embed", "Flatten", "From", "GlobalAveragePool", "GlobalMaxPool", "Last", "Layer",
    "LayerKind", "LeakyReLU", "Mark", "MaxPool", "MeanTime", "Noise", "Repeat", "Reshape", "Sample",
    "Shape", "Upsample", "Versus", "shape_text",
]  # fmt: skip
