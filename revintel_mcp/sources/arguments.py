"""Arguments for a tool of somebody else's: only those its live input schema has, in the form it asks for."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any, Final, TypeGuard

from revintel_mcp.domain.periods import Window
from revintel_mcp.sources.contract import Tool
from revintel_mcp.sources.fields import shifted

_EPOCH_YEAR: Final = 1970
_LONGEST_NAME: Final = 60
_MOST_NAMES: Final = 5
_CREATED_FROM: Final = ("created_gte", "created_after", "created_gt")
_CREATED_TO: Final = ("created_lt", "created_lte", "created_before")


class Arguments:
    """What a tool takes, read from its schema."""

    def __init__(self, tool: Tool) -> None:
        schema = _mapping(tool.input_schema)
        self._definitions = _mapping(schema.get("$defs")) or _mapping(schema.get("definitions"))
        self._properties = _mapping(schema.get("properties"))
        required = schema.get("required")
        self.required = (
            frozenset(name for name in required if isinstance(name, str))
            if isinstance(required, list)
            else frozenset[str]()
        )

    def __contains__(self, name: str) -> bool:
        return name in self._properties

    def find(self, *names: str) -> str:
        """The first of `names` that the tool takes; empty if none."""
        return next((name for name in names if name in self._properties), "")

    def types(self, name: str) -> frozenset[str]:
        """The JSON types that argument `name` may have; empty where its schema doesn't say."""
        return frozenset(kind for branch in self.branches(name) for kind in _types(branch))

    def branches(self, name: str) -> list[Mapping[str, Any]]:
        """The schemas that argument `name` may match (`int | None` has two)."""
        return list(self._expand(_mapping(self._properties.get(name)), 4))

    def _expand(self, schema: Mapping[str, Any], depth: int) -> Iterable[Mapping[str, Any]]:
        if isinstance(pointer := schema.get("$ref"), str) and depth:
            yield from self._expand(_mapping(self._definitions.get(pointer.rsplit("/", 1)[-1])), depth - 1)
            return
        unions = [schema[key] for key in ("anyOf", "oneOf", "allOf") if isinstance(schema.get(key), list)]
        if not unions or not depth:
            yield schema
        for union in unions:
            for branch in union:
                yield from self._expand(_mapping(branch), depth - 1)

    def limit(self, most: int) -> dict[str, int]:
        """`{"limit": …}` with as many rows a page as the tool allows, `most` at best; empty if it takes no limit."""
        name = self.find("limit", "per_page", "page_size", "first", "first_transactions", "max_results")
        if not name:
            return {}
        ceilings = [int(top) for branch in self.branches(name) if _is_number(top := branch.get("maximum"))]
        return {name: max(1, min([most, *ceilings]))}

    def choices(self, name: str) -> tuple[str, ...]:
        """The texts that argument `name` is limited to (its own, or its items'); empty where anything goes."""
        found: list[str] = []
        for branch in self.branches(name):
            for schema in (branch, *self._expand(_mapping(branch.get("items")), 3)):
                values = schema.get("enum", [schema["const"]] if "const" in schema else [])
                found += [value for value in values if isinstance(value, str)] if isinstance(values, list) else []
        return tuple(found)

    def expand(self, *wanted: str) -> dict[str, Any]:
        """`{"expand": […]}` with those of `wanted` the tool allows, or its own switch for one of them."""
        switches = {f"expand_{field.removeprefix('data.')}" for field in wanted}
        given: dict[str, Any] = {name: True for name in sorted(switches) if "boolean" in self.types(name)}
        if "expand" in self and "array" in self.types("expand"):
            allowed = self.choices("expand")
            # Newer versions of Stripe's API refuse to expand an invoice: only where the tool itself offers it.
            fields = [field for field in wanted if field in allowed or (not allowed and field != "data.invoice")]
            given |= {"expand": fields} if fields else {}
        return given

    def accepts(self, name: str, value: str) -> bool:
        """Whether a text matches the pattern that argument `name` must match."""
        patterns = [branch["pattern"] for branch in self.branches(name) if isinstance(branch.get("pattern"), str)]
        return not patterns or any(_matches(pattern, value) for pattern in patterns)

    def created(self, window: Window, zone: tzinfo) -> dict[str, Any]:
        """A filter on Stripe's `created`, a day wider than `window` at either end, in the form the tool takes."""
        start, end = unix_window(window, zone)
        wanted = ((_CREATED_FROM, start), (_CREATED_TO, end))
        given = {name: self._moment(name, unix) for names, unix in wanted if (name := self.find(*names))}
        if given or "object" not in self.types("created"):
            return given
        keys = [key for branch in self.branches("created") for key in _mapping(branch.get("properties"))]
        return {"created": {"gte": start, "lte" if "lte" in keys and "lt" not in keys else "lt": end}}

    def filters_created(self) -> bool:
        """Whether it takes a filter on `created` at all."""
        return bool(self.find(*_CREATED_FROM)) or "object" in self.types("created")

    def _moment(self, name: str, unix: int) -> int | str:
        kinds = self.types(name)
        if not kinds or kinds & {"integer", "number"}:
            return unix
        return datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def days(self, starts: Sequence[str], ends: Sequence[str], first: date, last: date) -> dict[str, str]:
        """A filter on days: `first` for the argument that goes by one of `starts`, `last` for the one of `ends`."""
        wanted = ((starts, first), (ends, last))
        return {name: self._day(name, day) for names, day in wanted if (name := self.find(*names))}

    def formats(self, name: str) -> frozenset[str]:
        """The text formats that argument `name` may have (`date`, `date-time`)."""
        return frozenset(str(branch["format"]) for branch in self.branches(name) if "format" in branch)

    def _day(self, name: str, day: date) -> str:
        if "date-time" in self.formats(name):
            return f"{day.isoformat()}T00:00:00Z"
        iso, compact = day.isoformat(), day.strftime("%Y%m%d")
        return compact if not self.accepts(name, iso) and self.accepts(name, compact) else iso


def what_tools_want(tools: Iterable[Tool | None], given: Collection[str]) -> str:
    """Why tools that are there can't be used, to end a sentence; empty if nothing keeps them from it.

    `; list_invoices wants customer_id, which nothing tells`. `given` are the arguments that we could fill in.
    """
    told = ""
    for tool in filter(None, tools):
        if wants := sorted(Arguments(tool).required - set(given)):
            told += f"; {tool.name[:_LONGEST_NAME]} wants {', '.join(wants[:_MOST_NAMES])}, which nothing tells"
    return told


def unix_window(window: Window, zone: tzinfo) -> tuple[int, int]:
    """The Unix seconds a day before `window` starts in `zone`, and a day after it ends."""
    return _unix_midnight(shifted(window.start, -1), zone), _unix_midnight(shifted(window.end, 1), zone)


def _unix_midnight(day: date, zone: tzinfo) -> int:
    # Before 1971 there is no record to miss, and some tools refuse negative seconds.
    return int(datetime.combine(day, time(), zone).timestamp()) if day.year > _EPOCH_YEAR else 0


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _types(schema: Mapping[str, Any]) -> tuple[str, ...]:
    kind = schema.get("type")
    if isinstance(kind, list):
        return tuple(item for item in kind if isinstance(item, str))
    return (kind,) if isinstance(kind, str) else ()


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _matches(pattern: str, value: str) -> bool:
    try:
        return re.search(pattern, value) is not None
    except (re.error, RecursionError):
        return True  # a pattern of another dialect tells us nothing
