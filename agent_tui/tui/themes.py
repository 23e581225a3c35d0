"""The four themes, each with the same variables; every pair of colours that a screen uses is held to 4.5:1 by a test.

A screen takes its colours from `PAIRS` below and from nowhere else. Colour never stands alone: the glyph and the style
say the same, so that NO_COLOR and a greyscale print read too.
"""

from dataclasses import dataclass
from typing import Any, Final

from textual.app import App
from textual.color import Color
from textual.theme import Theme

from agent_tui.settings import THEMES

GROUPS: Final = ("initial", "commitments", "review", "evidence", "payment", "specialist", "block")
"""What appointment types are grouped by, in the order in which a legend names them; the variable is `group-NAME`."""

GROUNDS: Final = ("background", "surface", "panel")

_READING: Final = (
    "foreground",
    "text-muted",
    "text-primary",
    "text-secondary",
    "text-accent",
    "text-warning",
    "text-error",
    "text-success",
    "primary",
    "secondary",
    "accent",
    "warning",
    "error",
    "success",
    "border",
)
_STATES: Final = ("grid-hold", "grid-free", "grid-closed", "grid-stranded", "grid-flag", "grid-now", "grid-key-type")

PAIRS: Final = (
    *((name, ground) for name in _READING for ground in GROUNDS),
    *((f"group-{name}", ground) for name in GROUPS for ground in ("background", "surface")),
    *((name, ground) for name in _STATES for ground in ("background", "surface")),
    ("grid-cursor-foreground", "grid-cursor-background"),
    ("grid-ghost-foreground", "grid-ghost-background"),
    ("grid-header-foreground", "grid-header-background"),
    ("block-cursor-foreground", "block-cursor-background"),
    ("block-cursor-blurred-foreground", "block-cursor-blurred-background"),
    ("input-cursor-foreground", "input-cursor-background"),
    ("input-selection-foreground", "input-selection-background"),
    ("footer-foreground", "footer-background"),
    ("footer-key-foreground", "footer-background"),
    ("footer-description-foreground", "footer-background"),
    ("button-foreground", "surface"),
    *(("button-color-foreground", ground) for ground in ("primary", "warning", "error", "success")),
)
"""Every foreground variable and the background variable that it may lie on."""


@dataclass(frozen=True, slots=True)
class _Palette:
    """The colours that a theme is made from; `groups` in the order of GROUPS."""

    dark: bool
    background: str
    surface: str
    panel: str
    foreground: str
    muted: str
    primary: str
    accent: str
    warning: str
    error: str
    success: str
    on_colour: str
    ghost: str
    groups: tuple[str, ...]


_PALETTES: Final = {
    "dark": _Palette(
        dark=True,
        background="#0f1318",
        surface="#161b22",
        panel="#1f2630",
        foreground="#e6e9ee",
        muted="#a3adb8",
        primary="#6cb6ff",
        accent="#5ed3c8",
        warning="#e3b341",
        error="#ff8085",
        success="#56d364",
        on_colour="#0f1318",
        ghost="#2a4057",
        groups=("#6cb6ff", "#e3b341", "#56d364", "#f0883e", "#ff7b9c", "#c297ff", "#a3adb8"),
    ),
    "light": _Palette(
        dark=False,
        background="#f4f5f7",
        surface="#ffffff",
        panel="#e9ecf0",
        foreground="#1b1f24",
        muted="#57606a",
        primary="#0550ae",
        accent="#0a5f66",
        warning="#7d4e00",
        error="#b3152a",
        success="#116329",
        on_colour="#ffffff",
        ghost="#cfe3fb",
        groups=("#0550ae", "#7d4e00", "#116329", "#b5330a", "#b01252", "#6b35c9", "#57606a"),
    ),
    "high-contrast": _Palette(
        dark=True,
        background="#000000",
        surface="#000000",
        panel="#141414",
        foreground="#ffffff",
        muted="#d9d9d9",
        primary="#5cc8ff",
        accent="#ffe14d",
        warning="#ffe14d",
        error="#ff9ca0",
        success="#5dff8f",
        on_colour="#000000",
        ghost="#003a5c",
        groups=("#5cc8ff", "#ffe14d", "#5dff8f", "#ffab40", "#ff8fb8", "#d7a8ff", "#d9d9d9"),
    ),
    "deuteranopia-safe": _Palette(
        dark=True,
        background="#0f1318",
        surface="#161b22",
        panel="#1f2630",
        foreground="#f5f7fa",
        muted="#a7b0ba",
        primary="#5ec1f5",
        accent="#f2e33a",
        warning="#f2e33a",
        error="#f09a3e",
        success="#5ec1f5",
        on_colour="#0f1318",
        ghost="#2a4057",
        groups=("#f5f7fa", "#f2e33a", "#5ec1f5", "#e08a00", "#ffd9a0", "#7d8bff", "#8a939e"),
    ),
}


def _variables(palette: _Palette) -> dict[str, str]:
    return {
        **_text_variables(palette),
        **_widget_variables(palette),
        **_grid_variables(palette),
        **{f"group-{name}": colour for name, colour in zip(GROUPS, palette.groups, strict=True)},
    }


def _text_variables(palette: _Palette) -> dict[str, str]:
    return {
        "text-muted": palette.muted,
        "foreground-muted": palette.muted,
        "text-primary": palette.primary,
        "text-secondary": palette.accent,
        "text-accent": palette.accent,
        "text-warning": palette.warning,
        "text-error": palette.error,
        "text-success": palette.success,
        "link-color": palette.primary,
        "link-color-hover": palette.on_colour,
        "link-background-hover": palette.primary,
    }


def _widget_variables(palette: _Palette) -> dict[str, str]:
    return {
        "border": palette.primary,
        "border-blurred": palette.muted,
        "block-cursor-foreground": palette.on_colour,
        "block-cursor-background": palette.primary,
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-foreground": palette.foreground,
        "block-cursor-blurred-background": palette.ghost,
        "block-cursor-blurred-text-style": "underline",
        "input-cursor-foreground": palette.background,
        "input-cursor-background": palette.foreground,
        "input-selection-foreground": palette.foreground,
        "input-selection-background": palette.ghost,
        "screen-selection-foreground": palette.foreground,
        "screen-selection-background": palette.ghost,
        "footer-foreground": palette.foreground,
        "footer-background": palette.panel,
        "footer-key-foreground": palette.primary,
        "footer-description-foreground": palette.foreground,
        "button-foreground": palette.foreground,
        "button-color-foreground": palette.on_colour,
        "button-focus-text-style": "bold reverse",
    }


def _grid_variables(palette: _Palette) -> dict[str, str]:
    return {
        "grid-hold": palette.accent,
        "grid-free": palette.success,
        "grid-closed": palette.muted,
        "grid-stranded": palette.warning,
        "grid-flag": palette.error,
        "grid-now": palette.error,
        "grid-key-type": palette.accent,
        "grid-cursor-foreground": palette.on_colour,
        "grid-cursor-background": palette.primary,
        "grid-ghost-foreground": palette.foreground,
        "grid-ghost-background": palette.ghost,
        "grid-header-foreground": palette.foreground,
        "grid-header-background": palette.panel,
    }


def _theme(name: str) -> Theme:
    palette = _PALETTES[name]
    return Theme(
        name=name,
        dark=palette.dark,
        primary=palette.primary,
        secondary=palette.accent,
        accent=palette.accent,
        warning=palette.warning,
        error=palette.error,
        success=palette.success,
        foreground=palette.foreground,
        background=palette.background,
        surface=palette.surface,
        panel=palette.panel,
        variables=_variables(palette),
    )


AGENT_THEMES: Final = tuple(_theme(name) for name in THEMES)


def install(app: App[Any], name: str) -> None:
    """Give an app our themes as its only choices and put one on; an unknown name puts on the first.

    Textual's own themes go, because no test holds their contrast, and its ANSI themes turn black on black under
    NO_COLOR.
    """
    for theme in AGENT_THEMES:
        app.register_theme(theme)
    app.theme = name if name in THEMES else THEMES[0]
    for other in set(app.available_themes) - set(THEMES):
        app.unregister_theme(other)


def variable_defaults() -> dict[str, str]:
    """The values of our own variables before a theme of ours is on: what `App.get_theme_variable_defaults` returns."""
    return dict(AGENT_THEMES[0].variables)


def resolved(theme: Theme) -> dict[str, str]:
    """Each colour variable of a theme as opaque `#rrggbb`; a translucent one as it looks on the background."""
    raw = {**theme.to_color_system().generate(), **theme.variables}
    background = Color.parse(raw["background"])
    colours: dict[str, str] = {}
    for name, value in raw.items():
        if value.startswith("#"):
            colours[name] = (background + Color.parse(value)).hex6.lower()
    return colours
