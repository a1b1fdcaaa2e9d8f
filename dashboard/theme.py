"""The one theme: paper and ink, light and dark. Streamlit's own widgets and our sheets take their colours from here."""

from collections.abc import Mapping
from typing import Final

from dashboard.channels import CHANNELS

#: name: (light, dark)
COLOURS: Final[Mapping[str, tuple[str, str]]] = {
    "ground": ("#FBFAF6", "#121715"),
    "card": ("#FFFFFF", "#19201D"),
    "sunk": ("#F2F0E9", "#202925"),
    "ink": ("#1B221F", "#E9EEEA"),
    "soft": ("#56605B", "#A3B0A9"),
    "rule": ("#E2DED3", "#303B36"),
    "grid": ("#ECE9E0", "#262F2B"),
    "accent": ("#15604A", "#7FD1B1"),
    "good": ("#15604A", "#7FD1B1"),
    "good-ground": ("#E6F2EC", "#17302A"),
    "bad": ("#A3271B", "#F5A99F"),
    "bad-ground": ("#FBEAE7", "#3A1E1B"),
    "warn": ("#7A5200", "#EBC46F"),
    "warn-ground": ("#FBF1D9", "#352B14"),
    "info": ("#1D4F80", "#9CC7EF"),
    "info-ground": ("#E7F0F8", "#182A3A"),
}


def css_variables() -> str:
    """The colours as CSS variables that follow the theme the user picked."""
    pairs = {**COLOURS, **{channel.key: (channel.light, channel.dark) for channel in CHANNELS}}
    body = "\n".join(f"  --{name}: light-dark({light}, {dark});" for name, (light, dark) in pairs.items())
    rules = "\n".join(f".{channel.key} {{ --colour: var(--{channel.key}); }}" for channel in CHANNELS)
    return f".sheet {{\n{body}\n}}\n{rules}\n"


def streamlit_options() -> dict[str, object]:
    """The same as options of Streamlit."""
    options: dict[str, object] = {
        "theme.font": "sans-serif",
        "theme.headingFont": "serif",
        "theme.headingFontSizes": ["2.125rem", "1.5rem", "1.25rem", "1.125rem", "1rem", "0.875rem"],
        "theme.headingFontWeights": [600, 600, 600, 600, 600, 600],
        "theme.baseRadius": "6px",
        "theme.buttonRadius": "6px",
        "theme.showWidgetBorder": True,
        "theme.paddingTop": "1rem",
        "theme.paddingBottom": "4rem",
    }
    for index, mode in enumerate(("light", "dark")):
        colours = {name: pair[index] for name, pair in COLOURS.items()}
        # White text stands on the primary colour in both modes, so the dark one is darker than the accent.
        options |= {
            f"theme.{mode}.primaryColor": "#15604A" if mode == "light" else "#22775C",
            f"theme.{mode}.backgroundColor": colours["ground"],
            f"theme.{mode}.secondaryBackgroundColor": colours["sunk"],
            f"theme.{mode}.textColor": colours["ink"],
            f"theme.{mode}.linkColor": colours["accent"],
            f"theme.{mode}.borderColor": colours["rule"],
            f"theme.{mode}.codeTextColor": colours["ink"],
            f"theme.{mode}.codeBackgroundColor": colours["sunk"],
        }
    return options
