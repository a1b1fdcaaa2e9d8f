"""Play a recording of a real MCP server back over stdio: python player.py RECORDING [RECORDING WITH THE TOOLS].

A call is answered as the recorded call of the same tool was whose arguments agree best with its own; a tool that was
never called answers as servers do for an unknown one. What the real server left unanswered stays unanswered, and a
server that ended at start ends here too. Standard library only: it starts as fast as the servers it stands for.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

Json = dict[str, Any]


def main(arguments: list[str]) -> int:
    recording: Json = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    toolbox: Json = json.loads(Path(arguments[-1]).read_text(encoding="utf-8"))
    sys.stderr.write("".join(f"{line}\n" for line in recording["stderr"]))
    sys.stderr.flush()
    if "__eof__" in recording["initialize"]:
        return int(recording["initialize"]["exit"])
    for line in sys.stdin:
        message: Json = json.loads(line)
        keep_note(message)
        if "id" in message and (body := answer(message, recording, toolbox)) is not None:
            sys.stdout.write(json.dumps({"jsonrpc": "2.0", "id": message["id"], **body}) + "\n")
            sys.stdout.flush()
    return 0


def keep_note(message: Json) -> None:
    """Append every request to the file that PLAYER_LOG names, so that a test can tell what was asked."""
    if place := os.environ.get("PLAYER_LOG"):
        with Path(place).open("a", encoding="utf-8") as log:
            log.write(json.dumps({"method": message["method"], "params": message.get("params")}) + "\n")


def answer(message: Json, recording: Json, toolbox: Json) -> Json | None:
    """The result or error for a request; None where the real server never answered."""
    params = message.get("params") or {}
    match message["method"]:
        case "initialize":
            response: Json = recording["initialize"]
        case "tools/list":
            response = {"result": listed_tools(toolbox)}
        case "tools/call":
            response = recorded_call(recording["steps"], params["name"], params.get("arguments") or {})
        case "ping":
            response = {"result": {}}
        case unknown:
            response = {"error": {"code": -32601, "message": f"Method not found: {unknown}"}}
    return None if "__timeout__" in response else response


def listed_tools(toolbox: Json) -> Json:
    for step in toolbox["steps"]:
        if step["tool"] == "tools/list":
            tools: Json = step["response"]["result"]
            return tools
    return {"tools": []}


def recorded_call(steps: list[Json], name: str, arguments: Json) -> Json:
    calls = [step for step in steps if step["tool"] == name]
    if not calls:
        text = f"MCP error -32602: Tool {name} not found"
        return {"result": {"content": [{"type": "text", "text": text}], "isError": True}}
    best: Json = max(calls, key=lambda step: agreement(step["arguments"], arguments))
    response: Json = best["response"]
    return response


def agreement(recorded: Json, asked: Json) -> tuple[int, int]:
    """How well recorded arguments answer for those asked: equal values first, then as few others as possible."""
    equal = sum(asked.get(key) == value for key, value in recorded.items())
    return equal, -len(recorded)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
