"""The channels, in the order that they have everywhere, and the colour that each keeps everywhere."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Channel:
    """A column of the summary: `key` in results, `name` for people, its colour on light and on dark ground."""

    key: str
    name: str
    light: str
    dark: str


#: Told apart with normal vision and with each kind of colour blindness, and three to one against their ground: both
#: are held by tests.
CHANNELS: Final = (
    Channel("upwork", "Upwork", "#3E926E", "#A3DFAA"),
    Channel("fiverr", "Fiverr", "#B88F1A", "#B3B205"),
    Channel("gumroad", "Gumroad", "#DD68AB", "#F079A0"),
    Channel("github_sponsors", "GitHub Sponsors", "#5E1A7F", "#A44BBE"),
    Channel("cold_outreach", "Cold Outreach", "#BE470F", "#C56A16"),
    Channel("stripe", "Stripe", "#0753CC", "#75B1EE"),
    Channel("other", "Other", "#656460", "#767672"),
)

BY_NAME: Final = {channel.name: channel for channel in CHANNELS}


def key_of(name: str) -> str:
    """The key of the channel that a source or row names: `Stripe-eu` is Stripe's; an unknown one counts in Other."""
    found = BY_NAME.get(name) or BY_NAME.get(name.partition("-")[0])
    return found.key if found else "other"
