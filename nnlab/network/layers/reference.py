"""What is told about each kind of layer: a network that uses it, and who described it first.

Formula, shapes and parameters are not written here: they are asked of the network that is the example.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nnlab.network.layers.argument import Shape


@dataclass(frozen=True, slots=True)
class Reference:
    """``example`` is a network on examples of ``shape``, with further ``inputs`` by name.

    ``source`` names who described the layer, "" for words of the notation that only say what goes where.
    ``formula`` stands in for layers that compute nothing themselves.
    """

    example: str
    shape: Shape
    source: str = ""
    inputs: Mapping[str, Shape] = field(default_factory=dict)
    formula: str = ""


LENET = "LeCun, Bottou, Bengio, Haffner 1998, Proc. IEEE 86"
PERCEPTRON = "Rosenblatt 1958, Psychological Review 65"
BACKPROP = "Rumelhart, Hinton, Williams 1986, Nature 323"
TRANSFORMER = "Vaswani et al. 2017, arXiv 1706.03762"
DECONVOLUTION = "Zeiler et al. 2010, CVPR; Dumoulin, Visin 2016, arXiv 1603.07285"
GAN = "Goodfellow et al. 2014, arXiv 1406.2661"
ROW, IMAGE, SEQUENCE = (4,), (8, 8, 3), (6, 8)

REFERENCES: dict[str, Reference] = {
    "dense": Reference("dense 8 relu", ROW, f"{PERCEPTRON}; {BACKPROP}"),
    "relu": Reference("relu", ROW, "Nair, Hinton 2010, ICML; Glorot, Bordes, Bengio 2011, AISTATS"),
    "sigmoid": Reference("sigmoid", ROW, BACKPROP),
    "tanh": Reference("tanh", ROW, "LeCun, Bottou, Orr, Müller 1998, Efficient BackProp"),
    "leaky_relu": Reference("leaky_relu", ROW, "Maas, Hannun, Ng 2013, ICML"),
    "gelu": Reference("gelu", ROW, "Hendrycks, Gimpel 2016, arXiv 1606.08415"),
    "softmax": Reference("softmax", ROW, "Bridle 1990, NIPS 2"),
    "step": Reference("step", ROW, f"McCulloch, Pitts 1943; {PERCEPTRON}"),
    "identity": Reference("identity", ROW, "Widrow, Hoff 1960"),
    "dropout": Reference("dropout 0.2", ROW, "Srivastava et al. 2014, JMLR 15"),
    "flatten": Reference("flatten", IMAGE),
    "bias": Reference("bias", ROW, PERCEPTRON),
    "conv": Reference("conv 8 3x3 relu", IMAGE, f"LeCun et al. 1989, Neural Computation 1; {LENET}"),
    "conv1d": Reference("conv1d 8 3 relu", SEQUENCE, "Waibel et al. 1989, IEEE Trans. ASSP 37"),
    "depthwise": Reference("depthwise 3x3 relu", IMAGE, "Howard et al. 2017, arXiv 1704.04861"),
    "maxpool": Reference("maxpool 2", IMAGE, "Weng, Ahuja, Huang 1992, IJCNN"),
    "avgpool": Reference("avgpool 2", IMAGE, LENET),
    "globalmaxpool": Reference("globalmaxpool", IMAGE, "Collobert et al. 2011, JMLR 12"),
    "globalavgpool": Reference("globalavgpool", IMAGE, "Lin, Chen, Yan 2013, arXiv 1312.4400"),
    "batchnorm": Reference("batchnorm", IMAGE, "Ioffe, Szegedy 2015, arXiv 1502.03167"),
    "layernorm": Reference("layernorm", ROW, "Ba, Kiros, Hinton 2016, arXiv 1607.06450"),
    "conv_transpose": Reference("conv_transpose 8 3x3 relu stride=2 pad=same", IMAGE, DECONVOLUTION),
    "conv1d_transpose": Reference("conv1d_transpose 8 4 relu stride=2 pad=same", SEQUENCE, DECONVOLUTION),
    "upsample": Reference("upsample 2", IMAGE, "Odena, Dumoulin, Olah 2016, Distill"),
    "embed": Reference("embed 16 vocab=100", (6,), "Bengio et al. 2003, JMLR 3"),
    "rnn": Reference("rnn 16", SEQUENCE, "Elman 1990, Cognitive Science 14"),
    "lstm": Reference(
        "lstm 16", SEQUENCE,
        "Hochreiter, Schmidhuber 1997, Neural Computation 9; Gers, Schmidhuber, Cummins 2000",
    ),
    "gru": Reference("gru 16", SEQUENCE, "Cho et al. 2014, arXiv 1406.1078"),
    "meantime": Reference("meantime", SEQUENCE, "Iyyer et al. 2015, ACL"),
    "last": Reference("last", SEQUENCE, "Sutskever, Vinyals, Le 2014, arXiv 1409.3215"),
    "repeat": Reference("repeat 8", ROW, "Cho et al. 2014, arXiv 1406.1078"),
    "positions": Reference("positions", SEQUENCE, f"{TRANSFORMER}; Gehring et al. 2017, arXiv 1705.03122"),
    "attention": Reference(
        "attention 4", SEQUENCE, f"Bahdanau, Cho, Bengio 2014, arXiv 1409.0473; {TRANSFORMER}"
    ),
    "block": Reference("block 4 causal", SEQUENCE, f"{TRANSFORMER}; Xiong et al. 2020, arXiv 2002.04745"),
    "as": Reference("as skip | dense 4 | add skip", ROW, formula="skip = x"),
    "from": Reference("as skip | dense 8 | from skip | dense 2", ROW, formula="x = skip"),
    "add": Reference("as skip | dense 4 tanh | add skip", ROW, "He et al. 2015, arXiv 1512.03385"),
    "mul": Reference("as gate | dense 4 sigmoid | mul gate", ROW, "Dauphin et al. 2016, arXiv 1612.08083"),
    "scale": Reference("scale 0.5", ROW, "Szegedy et al. 2016, arXiv 1602.07261"),
    "detach": Reference("detach", ROW, "Mnih et al. 2015, Nature 518"),
    "graph": Reference(
        "graph adjacency", (5, 2), "Kipf, Welling 2016, arXiv 1609.02907", {"adjacency": (5, 5)}
    ),
    "reshape": Reference("reshape 4x4x8", (128,)),
    "slice": Reference("slice 0 4", SEQUENCE),
    "pick": Reference("pick 0", SEQUENCE),
    "concat": Reference("as skip | dense 3 | concat skip", ROW, "Huang et al. 2016, arXiv 1608.06993"),
    "stack": Reference("as other | dense 4 | stack other", ROW),
    "transpose": Reference("transpose", SEQUENCE),
    "sample": Reference(
        "as x | dense 2 | as mean | from x | dense 2 | sample mean", ROW,
        "Kingma, Welling 2013, arXiv 1312.6114",
    ),
    "dot": Reference("as user | dense 4 | dot user", ROW, "Koren, Bell, Volinsky 2009, Computer 42"),
    "noise": Reference("noise 2 | dense 4", ROW, GAN),
    "versus": Reference(
        "noise 2 | dense 4 | versus | dense 1", ROW, GAN, formula="D(x) and D(G(noise))"
    ),
}  # fmt: skip
"""By the word of the layer."""
