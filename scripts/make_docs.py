"""Fill the tables of README and docs/ that are made from the code: settings, options of commands, arguments of tools.

Run it after changing one (`make docs`); a test fails while a page differs from the code, or a command or tool has no
place in it. A place is two comments, `<!-- made: settings -->` and `<!-- end -->`; what stands between them is ours.
"""

import asyncio
import re
from argparse import SUPPRESS, ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from fastmcp import Client

from revintel_mcp.cli import VERBS
from revintel_mcp.operations import Operations
from revintel_mcp.server import build_server
from revintel_mcp.settings import SETTINGS, load_settings

ROOT = Path(__file__).resolve().parent.parent
_PLACE = re.compile(r"(<!-- made: ([^>]+?) -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def pages(root: Path = ROOT) -> dict[Path, str]:
    """Every page with its tables as the code says they should be."""
    settings = {"settings": _table(("Variable", "Option", "Default", "What it does", "Example"), _settings())}
    commands = {f"command {verb.name}": _options(_parser(verb.arguments, verb.gives_result)) for verb in VERBS}
    tools, others = asyncio.run(_offered())
    parts = {"README.md": settings, "docs/commands.md": commands, "docs/tools.md": {**tools, "resources": others}}
    return {root / name: _filled(root / name, made) for name, made in parts.items()}


def _filled(page: Path, made: Mapping[str, str]) -> str:
    text = page.read_text(encoding="utf-8")
    places = [match[2] for match in _PLACE.finditer(text)]
    if sorted(places) != sorted(made):
        missing, unknown = sorted(made.keys() - set(places)), sorted(set(places) - made.keys())
        raise SystemExit(f"{page}: no place for {missing or 'none'}, places for nothing: {unknown or 'none'}")
    return _PLACE.sub(lambda match: f"{match[1]}\n{made[match[2]]}\n{match[4]}", text)


def _table(head: Sequence[str], rows: Iterator[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    if not lines:
        return ""
    return "\n".join([f"| {' | '.join(head)} |", f"| {' | '.join('---' for _ in head)} |", *lines]) + "\n"


def _settings() -> Iterator[Sequence[str]]:
    for one in SETTINGS:
        yield f"`{one.env}`", f"`{one.option}`", one.default, one.meaning, f"`{one.example}`"


def _parser(arguments: Any, gives_result: bool) -> ArgumentParser:  # noqa: FBT001 - a fact of the verb, passed once
    parser = ArgumentParser()
    arguments(parser)
    if gives_result:
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
    return parser


def _options(parser: ArgumentParser) -> str:
    def rows() -> Iterator[Sequence[str]]:
        for action in parser._actions[1:]:  # noqa: SLF001 - argparse has no public list of its arguments; [0] is --help
            if action.help == SUPPRESS:
                continue
            value = action.metavar or ("{" + ",".join(map(str, action.choices)) + "}" if action.choices else "")
            shown = " ".join(
                filter(None, [" ".join(action.option_strings[:1]), "" if action.nargs == 0 else str(value)])
            )
            yield f"`{shown}`", _sentence((action.help or "").replace("%%", "%"))

    return _table(("Argument", "What it does"), rows())


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


async def _offered() -> tuple[dict[str, str], str]:
    """The tools' arguments by `tool NAME`, and the list of resources and prompts."""
    operations = Operations(load_settings({"HOME": str(ROOT)}), {}, cwd=ROOT, home=ROOT)
    async with Client(build_server(operations)) as client:
        tools = {f"tool {tool.name}": _arguments(tool.input_schema) for tool in await client.list_tools()}
        named = [(f"`{one.uri}`", one.description) for one in await client.list_resources()]
        named += [(f"`{one.uri_template}`", one.description) for one in await client.list_resource_templates()]
        named += [(f"prompt `{one.name}`", one.description) for one in await client.list_prompts()]
    return tools, _table(
        ("Name", "What it is"), ((name, " ".join((text or "").split())) for name, text in sorted(named))
    )


def _arguments(schema: Mapping[str, Any]) -> str:
    needed = schema.get("required", [])

    def rows() -> Iterator[Sequence[str]]:
        for name, one in schema.get("properties", {}).items():
            default = one.get("default")
            given = "needed" if name in needed else "" if default in (None, "") else f"`{_json(default)}`"
            yield f"`{name}`", _kind(one), given, one.get("description", "")

    return _table(("Argument", "Type", "Default", "What it is"), rows())


def _json(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _kind(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return " · ".join(f"`{value}`" for value in schema["enum"])
    if "anyOf" in schema:
        kinds = dict.fromkeys(_kind(one) for one in schema["anyOf"] if one.get("type") != "null")
        return " or ".join(kinds)
    kind = str(schema.get("type", "anything"))
    return f"list of {_kind(schema['items'])}" if kind == "array" and "items" in schema else kind


if __name__ == "__main__":
    for place, text in pages().items():
        place.write_text(text, encoding="utf-8")
        print(f"wrote {place.relative_to(ROOT)}")
