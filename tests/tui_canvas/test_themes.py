"""Colours as they are seen: enough contrast to read; the safe theme tells apart what it must to everybody.

Colour vision deficiencies as Machado, Oliveira and Fernandes simulate them (2009), at full severity.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from nnlab.tui.themes import THEMES, CanvasColors, Role, canvas_colors

SIGHTS = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
PHASES = (Role.FORWARD, Role.BACKWARD, Role.UPDATE, Role.ACCENT)
VERDICTS = (Role.SUCCESS, Role.WARNING, Role.ERROR, Role.PRIMARY, Role.TEXT)
SIGNS = (Role.NEGATIVE, Role.POSITIVE)
PLAINLY = 20.0
"""Distance in CIELAB; two patches side by side are told apart from about 2 on, two words from about 10 on."""


def linear(hex6: str) -> np.ndarray:
    rgb = np.array([int(hex6[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def luminance(hex6: str) -> float:
    return float(linear(hex6) @ (0.2126, 0.7152, 0.0722))


def seen(hex6: str, sight: str) -> np.ndarray:
    """CIELAB of a colour under a sight."""
    rgb = np.clip(SIGHTS[sight] @ linear(hex6), 0, 1)
    xyz = (
        np.array(
            [
                [0.4124564, 0.3575761, 0.1804375],
                [0.2126729, 0.7151522, 0.0721750],
                [0.0193339, 0.1191920, 0.9503041],
            ]
        )
        @ rgb
        / (0.95047, 1.0, 1.08883)
    )
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def apart(one: str, other: str, sight: str) -> float:
    return float(np.linalg.norm(seen(one, sight) - seen(other, sight)))


def colors(name: str) -> CanvasColors:
    return canvas_colors(THEMES[name])


@pytest.mark.parametrize("name", THEMES)
def test_every_word_can_be_read_on_its_ground(name: str) -> None:
    roles = colors(name).roles
    ground = luminance(roles[Role.BACKGROUND])
    for role in (Role.TEXT, Role.MUTED, *PHASES, *VERDICTS, *SIGNS):
        light, dark = sorted((luminance(roles[role]), ground), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, f"{role.name} of {name}"


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("group", [PHASES, VERDICTS, SIGNS])
def test_the_safe_theme_tells_apart_what_stands_side_by_side(sight: str, group: tuple[Role, ...]) -> None:
    roles = colors("nnlab-colorblind").roles
    for one, other in combinations(group, 2):
        assert apart(roles[one], roles[other], sight) >= PLAINLY, f"{one.name} and {other.name}"


@pytest.mark.parametrize("sight", SIGHTS)
def test_the_safe_theme_tells_classes_and_curves_apart(sight: str) -> None:
    categories = colors("nnlab-colorblind").categories
    for one, other in combinations(range(8), 2):
        least = PLAINLY if max(one, other) < 5 else PLAINLY * 0.75
        assert apart(categories[one], categories[other], sight) >= least, f"{one} and {other}"
