"""The channels' colours are told apart by everybody, on light and on dark ground; so is text."""

import math
from collections.abc import Sequence
from itertools import combinations

import pytest

from dashboard.channels import BY_NAME, CHANNELS, key_of
from dashboard.theme import COLOURS, css_variables

#: Machado, Oliveira, Fernandes 2009, severity 1: what is seen of linear red, green and blue.
_SEEN = {
    "all cones": ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
    "no red cones": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "no green cones": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
    "no blue cones": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.3039)),
}


def _linear(colour: str) -> list[float]:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio."""
    lights = sorted(
        sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), _linear(each), strict=True)) for each in (one, other)
    )
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _oklab(rgb: Sequence[float]) -> tuple[float, float, float]:
    """Ottosson 2020."""
    to_cones = (
        (0.4122214708, 0.5363325363, 0.0514459929),
        (0.2119034982, 0.6806995451, 0.1073969566),
        (0.0883024619, 0.2817188376, 0.6299787005),
    )
    cones = [
        math.copysign(abs(value := sum(a * b for a, b in zip(row, rgb, strict=True))) ** (1 / 3), value)
        for row in to_cones
    ]
    to_lab = (
        (0.2104542553, 0.793617785, -0.0040720468),
        (1.9779984951, -2.428592205, 0.4505937099),
        (0.0259040371, 0.7827717662, -0.808675766),
    )
    lightness, a, b = (sum(x * y for x, y in zip(row, cones, strict=True)) for row in to_lab)
    return lightness, a, b


@pytest.mark.parametrize("eyes", _SEEN)
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_any_two_channels_are_told_apart(mode: str, eyes: str) -> None:
    seen = {}
    for channel in CHANNELS:
        rgb = _linear(getattr(channel, mode))
        seen[channel.key] = _oklab([max(0.0, sum(a * b for a, b in zip(row, rgb, strict=True))) for row in _SEEN[eyes]])

    closest = min((math.dist(seen[one], seen[other]), one, other) for one, other in combinations(seen, 2))
    assert closest[0] >= 0.08, closest


@pytest.mark.parametrize(("mode", "index"), [("light", 0), ("dark", 1)])
def test_channels_stand_out_from_the_ground(mode: str, index: int) -> None:
    for channel in CHANNELS:
        assert _contrast(getattr(channel, mode), COLOURS["card"][index]) >= 3, channel


@pytest.mark.parametrize("index", [0, 1])
def test_words_can_be_read_on_every_ground(index: int) -> None:
    grounds = ("ground", "card", "sunk")
    for ink in ("ink", "soft", "accent", "good", "bad", "warn", "info"):
        for ground in grounds:
            assert _contrast(COLOURS[ink][index], COLOURS[ground][index]) >= 4.5, (ink, ground)
    for tone in ("good", "bad", "warn", "info"):
        for ink in (tone, "ink"):
            assert _contrast(COLOURS[ink][index], COLOURS[f"{tone}-ground"][index]) >= 4.5, (ink, tone)


def test_every_channel_has_its_colour_in_both_modes() -> None:
    for channel in CHANNELS:
        assert f"--{channel.key}: light-dark({channel.light}, {channel.dark});" in css_variables()


def test_an_account_s_rows_have_the_colour_of_its_platform() -> None:
    assert key_of("Stripe-eu") == "stripe"
    assert key_of("GitHub Sponsors") == "github_sponsors"
    assert key_of("Elsewhere") == "other"
    assert set(BY_NAME) == {"Upwork", "Fiverr", "Gumroad", "GitHub Sponsors", "Cold Outreach", "Stripe", "Other"}
