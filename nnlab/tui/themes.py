"""The looks of nnlab: four Textual themes, and the colours each gives to pictures made of cells.

Ramps are hand-picked for the xterm-256 colours first, because most remote sessions have only those (ssh
does not forward COLORTERM), and blended on 24-bit terminals.  Every ramp starts at the ground's tone,
so size reads as distance from the background on dark and on light.  Signs are blue (negative) and
orange (positive), which deuteranopes tell apart.  No NumPy here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from textual.color import Color
from textual.theme import Theme

from nnlab.i18n import _


class Role(IntEnum):
    """What a colour is for. A role is its own index in every palette."""

    BACKGROUND = 0
    SURFACE = 1
    PANEL = 2
    TEXT = 3
    MUTED = 4
    FAINT = 5
    PRIMARY = 6
    ACCENT = 7
    SUCCESS = 8
    WARNING = 9
    ERROR = 10
    CURSOR = 11
    CURSOR_TEXT = 12
    SELECTION = 13
    FORWARD = 14
    BACKWARD = 15
    UPDATE = 16
    NEGATIVE = 17
    POSITIVE = 18


@dataclass(frozen=True, eq=False)
class Ramps:
    """Anchors of the ramps, the ground's tone first.

    ``few`` are xterm-256 numbers, used as they are where there are no more colours; ``many`` are hex
    and are blended on 24-bit terminals.
    """

    few: dict[str, tuple[int, ...]]
    many: dict[str, str]


@dataclass(frozen=True)
class CanvasColors:
    """The colours of pictures under one theme: hex for roles and categories, anchors for ramps."""

    name: str
    dark: bool
    roles: tuple[str, ...]
    categories: tuple[str, ...]
    ramps: Ramps


# 8 hues after Okabe & Ito (2008), lifted for a dark ground and deepened for a light one.
_CATEGORIES_DARK = ("#56b4e9", "#e69f00", "#2fbf93", "#d687b4", "#f0e442", "#8da0f0", "#f2793b", "#b0b0b0")
# Hues as wide apart as they get for protanopes, deuteranopes and tritanopes (Machado et al. 2009), and
# where two hues fall together, apart in lightness: tests/tui_canvas/test_themes.py measures it.
_CATEGORIES_SAFE = ("#62a9e6", "#f0a01e", "#4fe895", "#b552f7", "#fff27a", "#dfe6ee", "#d2522f", "#8a8f98")
_CATEGORIES_LIGHT = ("#0067a8", "#b35c00", "#00795a", "#a8437f", "#7a6a00", "#4b4fc4", "#c2410c", "#555555")

# Forward, backward, update.
_PHASES_DARK = ("#5fd7af", "#d787d7", "#ffd75f")
_PHASES_SAFE = ("#4fe895", "#b552f7", "#f2c318")
_PHASES_LIGHT = ("#00795a", "#a8437f", "#7a6a00")

_DARK = Ramps(
    few={
        "negative": (235, 237, 24, 25, 31, 67, 74, 75, 117, 153),
        "positive": (235, 237, 94, 130, 136, 172, 208, 215, 222, 223),
        "sequential": (234, 53, 54, 60, 66, 36, 78, 114, 150, 186, 229),
        "greys": (233, 235, 237, 239, 241, 243, 245, 247, 249, 251, 253, 231),
    },
    many={
        "negative": "#20242b #2b4a6b #3a78ad #5fa8de #a3d3f7 #e0f2ff",
        "positive": "#20242b #5e4426 #a06a2a #dc943c #f8c47c #fff0d4",
        "sequential": "#20242b #45315f #535a91 #3f8596 #4fb286 #a5d46f #f6efae",
        "greys": "#15171b #5a5d63 #a9acb1 #ffffff",
    },
)
_LIGHT = Ramps(
    few={
        "negative": (255, 189, 153, 117, 75, 74, 32, 31, 25, 18),
        "positive": (255, 224, 223, 215, 214, 208, 172, 166, 130, 94),
        "sequential": (255, 187, 151, 115, 79, 73, 67, 61, 55, 54, 53),
        "greys": (231, 254, 252, 250, 248, 246, 244, 242, 240, 238, 236, 233),
    },
    many={
        "negative": "#f0eee8 #c3d8eb #86b3da #4688be #1f5c93 #0d335c",
        "positive": "#f0eee8 #f2d5b1 #e3a75f #c57a28 #935211 #5a2f07",
        "sequential": "#f0eee8 #cfdfb4 #8fc79a #4fa39b #3f7797 #4c4a86 #40215c",
        "greys": "#ffffff #b4b4b4 #636363 #121212",
    },
)
_CONTRAST = Ramps(
    few={
        "negative": (16, 18, 20, 26, 27, 33, 39, 45, 87, 123, 159),
        "positive": (16, 52, 94, 130, 166, 172, 208, 214, 220, 227, 229),
        "sequential": (16, 53, 54, 60, 66, 36, 78, 114, 150, 186, 231),
        "greys": (16, 234, 237, 240, 242, 244, 246, 248, 250, 252, 254, 231),
    },
    many={
        "negative": "#000000 #1b4f9c #2f86ee #62b8ff #c4e6ff",
        "positive": "#000000 #7a4a00 #d07c00 #ffb02e #ffe9bd",
        "sequential": "#000000 #54307f #4f6fb8 #35a99b #7fd86f #ffffd0",
        "greys": "#000000 #ffffff",
    },
)


THEMES: dict[str, Theme] = {
    theme.name: theme
    for theme in (
        Theme(
            name="nnlab-dark",
            primary="#5fafd7",
            secondary="#8a94a6",
            accent="#ffaf5f",
            success="#87c08a",
            warning="#e5c07b",
            error="#e06c75",
            foreground="#d7dae0",
            background="#14161b",
            surface="#1a1d23",
            panel="#23272f",
            dark=True,
            variables={
                "border": "#5fafd7",
                "border-blurred": "#353b45",
                "footer-key-foreground": "#ffaf5f",
                "footer-background": "#1a1d23",
                "block-cursor-background": "#5fafd7",
                "block-cursor-foreground": "#14161b",
                "block-cursor-text-style": "bold",
            },
        ),
        Theme(
            name="nnlab-light",
            primary="#005f87",
            secondary="#5c6773",
            accent="#af5f00",
            success="#2e7d32",
            warning="#8a6100",
            error="#b3261e",
            foreground="#23272e",
            background="#fbfaf7",
            surface="#f3f1ec",
            panel="#e6e3dc",
            dark=False,
            variables={
                "border": "#005f87",
                "border-blurred": "#c9c4b8",
                "footer-key-foreground": "#af5f00",
                "footer-background": "#e6e3dc",
                "block-cursor-background": "#005f87",
                "block-cursor-foreground": "#ffffff",
                "block-cursor-text-style": "bold",
            },
        ),
        Theme(
            name="nnlab-contrast",
            primary="#5fd7ff",
            secondary="#ffffff",
            accent="#ffd75f",
            success="#5fff87",
            warning="#ffd700",
            error="#ff8787",
            foreground="#ffffff",
            background="#000000",
            surface="#000000",
            panel="#1c1c1c",
            dark=True,
            variables={
                "border": "#ffffff",
                "border-blurred": "#9e9e9e",
                "footer-key-foreground": "#ffd75f",
                "footer-background": "#000000",
                "block-cursor-background": "#ffd75f",
                "block-cursor-foreground": "#000000",
                "block-cursor-text-style": "bold",
                "text-muted": "#d0d0d0",
            },
        ),
        Theme(
            name="nnlab-colorblind",
            primary="#62a9e6",
            secondary="#9aa4b2",
            accent="#d9772e",
            success="#4fe895",
            warning="#f2c318",
            error="#e2593a",
            foreground="#e2e4e8",
            background="#15171a",
            surface="#1c1f23",
            panel="#272b31",
            dark=True,
            variables={
                "border": "#62a9e6",
                "border-blurred": "#3c424a",
                "footer-key-foreground": "#d9772e",
                "footer-background": "#1c1f23",
                "block-cursor-background": "#d9772e",
                "block-cursor-foreground": "#15171a",
                "block-cursor-text-style": "bold",
            },
        ),
    )
}
DEFAULT_THEME = "nnlab-dark"


def theme_titles() -> dict[str, str]:
    """Theme name to the name shown in settings."""
    return {
        "nnlab-dark": _("dark"),
        "nnlab-light": _("light"),
        "nnlab-contrast": _("high contrast"),
        "nnlab-colorblind": _("colour-blind safe"),
    }


def canvas_colors(theme: Theme) -> CanvasColors:
    """The picture colours that go with a Textual theme, ours or any other."""
    return _colors(theme.name, theme.dark, tuple(sorted(theme.to_color_system().generate().items())))


@lru_cache(maxsize=32)
def _colors(name: str, dark: bool, variables: tuple[tuple[str, str], ...]) -> CanvasColors:
    css = dict(variables)

    def color(variable: str) -> Color:
        try:
            found = Color.parse(css[variable])
        except Exception:  # "auto 87%", "ansi_default": not a colour by itself
            found = Color.parse("#e0e0e0" if dark else "#202020")
        return Color(*found.rgb)

    paper, ink = color("background"), color("foreground")
    primary, accent = color("primary"), color("accent")
    ramps = _CONTRAST if name == "nnlab-contrast" else _DARK if dark else _LIGHT
    safe = name == "nnlab-colorblind"
    forward, backward, update = _PHASES_SAFE if safe else _PHASES_DARK if dark else _PHASES_LIGHT
    categories = _CATEGORIES_SAFE if safe else _CATEGORIES_DARK if dark else _CATEGORIES_LIGHT
    faint = 0.45 if name == "nnlab-contrast" else 0.28
    roles = {
        Role.BACKGROUND: paper,
        Role.SURFACE: color("surface"),
        Role.PANEL: color("panel"),
        Role.TEXT: ink,
        Role.MUTED: paper.blend(ink, 0.80 if name == "nnlab-contrast" else 0.68),
        Role.FAINT: paper.blend(ink, faint),
        Role.PRIMARY: primary,
        Role.ACCENT: accent,
        Role.SUCCESS: color("success"),
        Role.WARNING: color("warning"),
        Role.ERROR: color("error"),
        # Neither the blue nor the orange of numbers, nor the white of a bright pixel.
        Role.CURSOR: Color.parse("#dcee5a" if dark else "#5b2a9d"),
        Role.CURSOR_TEXT: Color.parse("#000000" if dark else "#ffffff"),
        Role.SELECTION: paper.blend(primary, 0.35),
        Role.FORWARD: Color.parse(forward),
        Role.BACKWARD: Color.parse(backward),
        Role.UPDATE: Color.parse(update),
        Role.NEGATIVE: Color.parse("#5fafff" if dark else "#005faf"),
        Role.POSITIVE: Color.parse("#ffaf5f" if dark else "#af5f00"),
    }
    return CanvasColors(
        name=name,
        dark=dark,
        roles=tuple(roles[role].hex6.lower() for role in Role),
        categories=categories,
        ramps=ramps,
    )
