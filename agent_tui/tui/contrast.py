"""Contrast and colour distance, as WCAG 2 and CIE define them, on `#rrggbb` texts; pure arithmetic."""

from typing import Final

RGB = tuple[float, float, float]

READABLE: Final = 4.5
"""The least contrast of text that WCAG 2 level AA accepts."""

# Machado, Oliveira and Fernandes 2009, severity 1.0, for linear RGB.
_DEUTERANOPIA: Final = (
    (0.367322, 0.860646, -0.227968),
    (0.280085, 0.672501, 0.047413),
    (-0.011820, 0.042940, 0.968881),
)
_TO_XYZ: Final = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)
_WHITE_XYZ: Final = (0.95047, 1.0, 1.08883)


def channels(colour: str) -> RGB:
    """The red, green and blue of `#rrggbb`, each 0 to 1; ValueError for any other form."""
    digits = colour.removeprefix("#")
    if len(digits) != 6 or not colour.startswith("#"):
        raise ValueError(f"{colour!r} is not a colour of the form #rrggbb")
    return int(digits[0:2], 16) / 255, int(digits[2:4], 16) / 255, int(digits[4:6], 16) / 255


def hex_of(rgb: RGB) -> str:
    """The `#rrggbb` text of three channels, each cut to 0 to 1."""
    return "#" + "".join(f"{round(min(max(channel, 0.0), 1.0) * 255):02x}" for channel in rgb)


def blend(over: str, under: str, alpha: float) -> str:
    """The colour that the eye meets when `over` lies on `under` with the opacity `alpha`, 0 to 1."""
    pairs = zip(channels(over), channels(under), strict=True)
    red, green, blue = (top * alpha + bottom * (1 - alpha) for top, bottom in pairs)
    return hex_of((red, green, blue))


def relative_luminance(colour: str) -> float:
    """The WCAG 2 relative luminance: 0 for black, 1 for white."""
    red, green, blue = _linear(channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The WCAG 2 contrast ratio of two colours: 1 for the same colour, 21 for black and white."""
    darker, lighter = sorted((relative_luminance(one), relative_luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def grey(colour: str) -> str:
    """The grey that a monochrome terminal filter shows in place of a colour (weights of ITU-R BT.709)."""
    red, green, blue = channels(colour)
    level = red * 0.2126 + green * 0.7152 + blue * 0.0722
    return hex_of((level, level, level))


def as_deuteranope(colour: str) -> str:
    """How a person without green cones sees a colour, by the simulation of Machado and others."""
    return hex_of(_gamma(_times(_DEUTERANOPIA, _linear(channels(colour)))))


def distance(one: str, other: str) -> float:
    """The CIE 1976 difference of two colours in L*a*b*: about 2 can just be told apart, 15 at a glance."""
    pairs = zip(_lab(one), _lab(other), strict=True)
    return float(sum((a - b) ** 2 for a, b in pairs) ** 0.5)


def _linear(rgb: RGB) -> RGB:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb)
    return red, green, blue


def _gamma(rgb: RGB) -> RGB:
    cut = (min(max(channel, 0.0), 1.0) for channel in rgb)
    red, green, blue = (c * 12.92 if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055 for c in cut)
    return red, green, blue


def _times(matrix: tuple[RGB, RGB, RGB], vector: RGB) -> RGB:
    first, second, third = (sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)
    return first, second, third


def _lab(colour: str) -> RGB:
    xyz = _times(_TO_XYZ, _linear(channels(colour)))
    x, y, z = (_lightness(value / white) for value, white in zip(xyz, _WHITE_XYZ, strict=True))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def _lightness(share: float) -> float:
    return float(share ** (1 / 3)) if share > 216 / 24389 else (24389 / 27 * share + 16) / 116
