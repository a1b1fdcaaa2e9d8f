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


def machine_zone(environ: Mapping[str, str], root: Path) -> tzinfo:
    """The zone that this machine is set to; UTC when nothing tells."""
    localtime = root / "etc/localtime"
    for name in (environ.get("TZ", ""), _link(localtime), _first_line(root / "etc/timezone")):
        zone = zone_named(name.rpartition("zoneinfo/")[2].lstrip(":").strip()) if name.strip() else None
        if zone is not None:
            return zone
    try:
        with localtime.open("rb") as rules:
            return ZoneInfo.from_file(rules, key="localtime")
    except (OSError, ValueError):
        return UTC


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
