"""The programs that we are measured against: found, or installed where that can be done without asking."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


def say(text: str) -> None:
    """Talk, apart from the table."""
    print(text, file=sys.stderr, flush=True)


def debian_program(name: str) -> str | None:
    """The path of a program of Debian's; its package has the same name. None if it is not here and can't be had."""
    found = shutil.which(name)
    if found is None and shutil.which("apt-get"):
        say(f"installing {name}")
        become = [] if os.geteuid() == 0 else ["sudo", "-n"]
        for words in (["update", "-qq"], ["install", "-y", "-qq", name]):
            subprocess.run([*become, "apt-get", *words], check=False, stdout=subprocess.DEVNULL)
        found = shutil.which(name)
    return found


def python_programs(folder: Path, name: str, packages: Sequence[str]) -> Path | None:
    """The folder of the programs of Python packages, in an environment of their own; None if they can't be had."""
    place = folder / f"venv-{name}"
    stamp = place / "ready"
    if not stamp.exists():
        say(f"installing {' '.join(packages)} in {place}")
        python = place / "bin" / "python"
        install = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check", *packages]
        made = subprocess.run([sys.executable, "-m", "venv", "--clear", str(place)], check=False).returncode == 0
        if not made or subprocess.run(install, check=False).returncode:
            return None
        subprocess.run([str(python), "-m", "compileall", "-q", str(place / "lib")], check=False)
        stamp.touch()
    return place / "bin"


def compile_ours(root: Path) -> None:
    """Put byte code beside every module, as an installation does."""
    for place in (root / "revintel_mcp", root / "dashboard", root / "benchmarks", Path(sys.prefix) / "lib"):
        subprocess.run([sys.executable, "-m", "compileall", "-q", str(place)], check=False, stdout=subprocess.DEVNULL)
