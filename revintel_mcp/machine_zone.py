"""The time zone that this machine is set to.

In this order: the variable `TZ`, the name that /etc/localtime points to, the name in /etc/timezone, the rules that
/etc/localtime holds (tzset(3), localtime(5)).
"""

from collections.abc import Mapping
from datetime import UTC, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo


def zone_named(name: str) -> ZoneInfo | None:
    """The zone of that name (`America/New_York`); None when there is none."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # a folder's name, a path, a name that is not there
        return None


def unknown_zone(environ: Mapping[str, str]) -> str:
    """What the variable `TZ` says, if it names no zone that is known here; else empty."""
    name = environ.get("TZ", "").strip()
    return name if name and _zone_in(name) is None else ""


def machine_zone(environ: Mapping[str, str], root: Path) -> tzinfo:
    """The zone that this machine is set to; UTC when nothing tells."""
    localtime = root / "etc/localtime"
    for name in (environ.get("TZ", ""), _link(localtime), _first_line(root / "etc/timezone")):
        zone = _zone_in(name) if name.strip() else None
        if zone is not None:
            return zone
    try:
        with localtime.open("rb") as rules:
            return ZoneInfo.from_file(rules, key="localtime")
    except (OSError, ValueError):
        return UTC


def _zone_in(name: str) -> ZoneInfo | None:
    """The zone that `America/New_York`, `:America/New_York` or a path to its rules names."""
    return zone_named(name.rpartition("zoneinfo/")[2].lstrip(":").strip())


def _link(path: Path) -> str:
    try:
        return str(path.readlink())
    except OSError:
        return ""


def _first_line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").partition("\n")[0]
    except (OSError, ValueError):
        return ""
