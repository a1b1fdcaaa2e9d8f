"""Upstream tools by name, whatever prefix a server or a proxy puts before it."""

from collections.abc import Iterable, Sequence
from typing import Final

from revintel_mcp.sources.contract import Tool

_SHOWN: Final = 8
_LONGEST_NAME: Final = 60


def bare_names(tool: str, *prefixes: str) -> tuple[str, ...]:
    """The names `tool` may go by: as it is, and without `<prefix>_`, for each of `prefixes`, once or twice.

    `gumroad_gumroad_get_sales` is `gumroad_get_sales` behind a server prefix, and `get_sales` behind two.
    """
    names = [tool]
    for name in names:
        if len(names) > 1 + 2 * len(prefixes):
            break
        for prefix in prefixes:
            for joint in ("_", "-", ".", "__"):
                rest = name.removeprefix(prefix + joint)
                if rest and rest != name and not rest.startswith(("_", "-")) and rest not in names:
                    names.append(rest)
    return tuple(names)


class Toolbox:
    """The tools of one server, found by bare name; the tool that bears the name itself comes before a prefixed one."""

    def __init__(self, tools: Sequence[Tool], *prefixes: str) -> None:
        self._by_name: dict[str, Tool] = {}
        ranked = [(rank, name, tool) for tool in tools for rank, name in enumerate(bare_names(tool.name, *prefixes))]
        for _, name, tool in sorted(ranked, key=lambda entry: entry[0]):
            self._by_name.setdefault(name, tool)

    def shown(self) -> str:
        """The server's tools, a few of them, for a message."""
        names = sorted({tool.name[:_LONGEST_NAME] for tool in self._by_name.values()})
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        return (", ".join(names[:_SHOWN]) or "no tools") + more

    def find(self, names: Iterable[str]) -> Tool | None:
        """The first of `names` that the server has."""
        return next((self._by_name[name] for name in names if name in self._by_name), None)
