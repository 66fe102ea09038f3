"""Networks that make examples again, or new ones: autoencoders, and generators against discriminators."""

from __future__ import annotations

from nnlab.i18n import N_
from nnlab.network.zoo.model import Model

GOODFELLOW = "Goodfellow et al. 2014, arXiv 1406.2661"

MODELS = (
    Model(
        "autoencoder",
        N_("Digits through eight numbers"),
        N_("64 pixels, 8 numbers, 64 pixels; principal components of eight numbers leave 0.024"),
        "Hinton and Salakhutdinov 2006, Science 313:504",
        (
            "data digits target=image scale=unit",
            "net dense 32 relu | dense 8 | dense 32 relu | dense 64 sigmoid",
            "optimizer adam lr=0.003",
        ),
        "40 epochs",
        ("test_loss <= 0.021",),
        0.2,
    ),
    Model(
        "denoise",
        N_("Digits out of noise"),
        N_("shown noise of 0.4, an error of 0.16, and asked for the clean picture"),
        "Vincent et al. 2008, Proceedings of ICML:1096",
        (
            "data digits target=image scale=unit",
            "augment noise:0.4",
            "net dense 64 relu | dense 16 | dense 64 relu | dense 64 sigmoid",
            "optimizer adam lr=0.003",
        ),
        "40 epochs",
        ("changed_mse <= 0.035",),
        0.4,
    ),
    Model(
        "vae",
        N_("A code to draw from"),
        N_("each digit becomes a small cloud, and together the clouds are near the normal distribution"),
        "Kingma and Welling 2014, arXiv 1312.6114",
        (
            "data digits target=image scale=unit",
            "net dense 64 relu | as hidden | dense 8 | as mean | from hidden | dense 8 | "
            "sample mean beta=0.002 | dense 64 relu | dense 64 sigmoid",
            "optimizer adam lr=0.003",
        ),
        "60 epochs",
        ("test_loss <= 0.021", "divergence <= 9"),
        0.4,
    ),
    Model(
        "gan-bell",
        N_("A forger of numbers"),
        N_("a generator learns the numbers around 3 from nothing but a discriminator’s judgement"),
        GOODFELLOW,
        (
            "data bell",
            "net noise 2 | dense 32 tanh | dense 32 tanh | dense 1 | versus | dense 64 leaky_relu | "
            "dense 64 leaky_relu | dense 1",
            "loss non_saturating pace=0.1",
            "optimizer adam lr=0.01 beta1=0.5 beta2=0.99",
            "batch 128",
            "schedule cosine 4000",
        ),
        "4000 steps",
        ("sample_mean >= 2.9", "sample_mean <= 3.1", "sample_std >= 0.38", "sample_std <= 0.62"),
        1.2,
    ),
    Model(
        "gan-ring",
        N_("A forger of eight clouds"),
        N_("all eight, or the generator has collapsed"),
        GOODFELLOW,
        (
            "data ring",
            "net noise 2 | dense 64 relu | dense 64 relu | dense 2 | versus | dense 64 | leaky_relu 0.2 | "
            "dense 64 | leaky_relu 0.2 | dense 1",
            "loss non_saturating",
            "optimizer adam lr=0.002 beta1=0.5 beta2=0.99",
            "batch 128",
            "schedule cosine 4000",
        ),
        "4000 steps",
        ("sample_classes >= 8", "on_mode >= 65%"),
        1.2,
    ),
    Model(
        "gan-digits",
        N_("A forger of digits"),
        N_("all ten digits, a third farther from the training examples than fresh digits are"),
        GOODFELLOW,
        (
            "data digits scale=unit",
            "net noise 16 | dense 64 relu | dense 128 relu | dense 64 sigmoid | versus | dense 128 | "
            "leaky_relu 0.2 | dense 64 | leaky_relu 0.2 | dense 1",
            "loss non_saturating",
            "optimizer adam lr=0.002 beta1=0.5",
            "batch 64",
            "schedule cosine 6000",
        ),
        "6000 steps",
        ("sample_classes >= 10", "sample_distance <= 1.6"),
        3.8,
    ),
)
