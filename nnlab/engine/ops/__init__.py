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
from nnlab.engine.ops.additive import AdditiveScores
from nnlab.engine.ops.adversarial import GAMES, DiscriminatorLoss, GeneratorLoss
from nnlab.engine.ops.arithmetic import Add, Detach, Multiply, Scale
from nnlab.engine.ops.arrange import Concat, Flatten, Reshape, Slice, Stack, Transpose
from nnlab.engine.ops.attention import AttentionWeights, Context, DotScores
from nnlab.engine.ops.batchnorm import BatchNorm
from nnlab.engine.ops.conv import Convolution
from nnlab.engine.ops.dense import Bias, Dense, Tied
from nnlab.engine.ops.dropout import Dropout
from nnlab.engine.ops.embedding import Embedding
from nnlab.engine.ops.gaussian import GaussianKL, GaussianSample
from nnlab.engine.ops.graph import GraphProduct
from nnlab.engine.ops.gru import GRU
from nnlab.engine.ops.gru_before import GRUResetBefore
from nnlab.engine.ops.hard import HardChoice
from nnlab.engine.ops.huber import Huber
from nnlab.engine.ops.losses import BinaryCrossEntropy, MeanSquaredError, SoftmaxCrossEntropy
from nnlab.engine.ops.lstm import LSTM
from nnlab.engine.ops.margins import Hinge, MultiHinge, Triplet
from nnlab.engine.ops.noise import Noise
from nnlab.engine.ops.normalise import LayerNorm
from nnlab.engine.ops.pairs import Dot
from nnlab.engine.ops.penalty import Penalty, Total
from nnlab.engine.ops.policy import Advantage, PolicyLoss, Returns
from nnlab.engine.ops.pool import AveragePool, GlobalAveragePool, GlobalMaxPool, MaxPool
from nnlab.engine.ops.positions import LearnedPositions, Waves, check_sequence
from nnlab.engine.ops.rnn import SimpleRNN
from nnlab.engine.ops.sequences import MeanTime, Repeat
from nnlab.engine.ops.tokens import TokenCrossEntropy
from nnlab.engine.ops.transposed import ConvolutionTranspose, Upsample

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
        Reshape,
        Slice,
        Concat,
        Stack,
        Transpose,
        Add,
        Multiply,
        Scale,
        Detach,
        GraphProduct,
        LayerNorm,
        Embedding,
        Convolution,
        DotScores,
        AdditiveScores,
        AttentionWeights,
        HardChoice,
        Context,
        Waves,
        LearnedPositions,
        Tied,
        AveragePool,
        GlobalAveragePool,
        GlobalMaxPool,
        MaxPool,
        BatchNorm,
        GRU,
        GRUResetBefore,
        LSTM,
        SimpleRNN,
        MeanTime,
        Repeat,
        ConvolutionTranspose,
        Upsample,
        MeanSquaredError,
        Noise,
        BinaryCrossEntropy,
        SoftmaxCrossEntropy,
        Hinge,
        MultiHinge,
        Huber,
        Triplet,
        Dot,
        GaussianSample,
        GaussianKL,
        DiscriminatorLoss,
        GeneratorLoss,
        Penalty,
        TokenCrossEntropy,
        Returns,
        Advantage,
        PolicyLoss,
        Total,
    )
}

__all__ = [
    "GAMES",
    "GELU",
    "GRU",
    "LSTM",
    "OPERATIONS",
    "Add",
    "AdditiveScores",
    "Advantage",
    "AttentionWeights",
    "AveragePool",
    "BatchNorm",
    "Bias",
    "BinaryCrossEntropy",
    "Concat",
    "Context",
    "Convolution",
    "ConvolutionTranspose",
    "Dense",
    "Detach",
    "DiscriminatorLoss",
    "Dot",
    "DotScores",
    "Dropout",
    "Embedding",
    "Flatten",
    "GRUResetBefore",
    "GaussianKL",
    "GaussianSample",
    "GeneratorLoss",
    "GlobalAveragePool",
    "GlobalMaxPool",
    "GraphProduct",
    "HardChoice",
    "Hinge",
    "Huber",
    "Identity",
    "LayerNorm",
    "LeakyReLU",
    "LearnedPositions",
    "MaxPool",
    "MeanSquaredError",
    "MeanTime",
    "MultiHinge",
    "Multiply",
    "Noise",
    "Operation",
    "Penalty",
    "PolicyLoss",
    "ReLU",
    "Repeat",
    "Reshape",
    "Returns",
    "Scale",
    "Sigmoid",
    "SimpleRNN",
    "Slice",
    "Softmax",
    "SoftmaxCrossEntropy",
    "Stack",
    "StepFunction",
    "Tanh",
    "Tied",
    "TokenCrossEntropy",
    "Total",
    "Transpose",
    "Triplet",
    "Upsample",
    "Waves",
    "check_sequence",
]
