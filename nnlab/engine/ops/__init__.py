"""The operations nnlab knows, one registry for the notation, the documentation and the tests."""

from nnlab.engine.operation import Operation
from nnlab.engine.ops.activations import (
    GELU,
    Identity,
    LeakyReLU,
    ReLU,
    Sigmoid,
    Softmax,
    StepFunction,
    Tanh,
)
from nnlab.engine.ops.dense import Bias, Dense
from nnlab.engine.ops.losses import BinaryCrossEntropy, MeanSquaredError, SoftmaxCrossEntropy
from nnlab.engine.ops.penalty import Penalty, Total
from nnlab.engine.ops.shape import Dropout, Flatten

OPERATIONS: dict[str, type[Operation]] = {
    op.kind: op
    for op in (
        Dense,
        Bias,
        StepFunction,
        Identity,
        Sigmoid,
        Tanh,
        ReLU,
        LeakyReLU,
        GELU,
        Softmax,
        Dropout,
        Flatten,
        MeanSquaredError,
        BinaryCrossEntropy,
        SoftmaxCrossEntropy,
        Penalty,
        Total,
    )
}

__all__ = [
    "GELU",
    "OPERATIONS",
    "Bias",
    "BinaryCrossEntropy",
    "Dense",
    "Dropout",
    "Flatten",
    "Identity",
    "LeakyReLU",
    "MeanSquaredError",
    "Operation",
    "Penalty",
    "ReLU",
    "Sigmoid",
    "Softmax",
    "SoftmaxCrossEntropy",
    "StepFunction",
    "Tanh",
    "Total",
]
