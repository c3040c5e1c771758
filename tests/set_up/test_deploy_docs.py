"""docs/deploy.md holds commands that a person will paste: they parse as shell, and gcloud knows each of them."""

import json
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "deploy.md").read_text()
BLOCKS = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)
# gcloud's table of its own commands, as its shell completion uses it.
TREE = "import json, runpy, sys; print(json.dumps(runpy.run_path(sys.argv[1])['STATIC_COMPLETION_CLI_TREE']))"


def gcloud_commands() -> list[list[str]]:
    """Every gcloud command of the page as words, those inside $(...) too; quoted text counts as one word."""
    shell = re.sub(r"'[^']*'", "TEXT", "\n".join(BLOCKS).replace("\\\n", " "))
    inner = re.compile(r"\$\(([^()]*)\)")
    substituted: list[str] = []
    while inner.search(shell):
        substituted += inner.findall(shell)
        shell = inner.sub("VALUE", shell)
    parts = re.split(r"[\n|;&]|\bdo ", "\n".join([shell, *substituted]))
    return [shlex.split(part.replace('"', "")) for part in parts if part.strip().startswith("gcloud ")]


def unknown_in(command: list[str], tree: dict[str, Any]) -> list[str]:
    """What gcloud would not know: words that lead to no command, and flags that the command does not have."""
    node, flags, words = tree, dict(tree["flags"]), command[1:]
    while words and words[0] in node["commands"]:
        node = node["commands"][words.pop(0)]
        flags.update(node["flags"])
    if node["commands"]:
        return [" ".join(command)]
    given = [word.split("=")[0] for word in words if word.startswith("--")]
    return [flag for flag in given if flag not in flags and flag.replace("--no-", "--") not in flags]


def test_there_are_commands_for_every_tier() -> None:
    commands = [" ".join(command) for command in gcloud_commands()]
    assert len(commands) > 35
    for begin in (
        "gcloud builds submit prediction_routine",
        "gcloud ai models upload",
        "gcloud ai endpoints deploy-model",
        "gcloud app deploy client_app/app.deploy.yaml client_app/cron.yaml",
        "gcloud app deploy websocket_server/app.deploy.yaml",
        "gcloud beta ai-platform versions create",
    ):
        assert any(command.startswith(begin) for command in commands), begin


@pytest.mark.parametrize("block", BLOCKS)
def test_every_block_is_shell(block: str) -> None:
    done = subprocess.run(["bash", "-n"], input=block, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_page_says_what_it_was_not_checked_against() -> None:
    assert "Nothing here has been run against a cloud account" in TEXT
    assert "31 January 2025" in " ".join(TEXT.split())


def test_the_database_address_that_is_appended_is_the_sockets() -> None:
    """The two shell steps that make it, run as they stand with the names filled in."""
    line = next(line for line in TEXT.splitlines() if line.startswith("  DATABASE_URL:"))
    edit = next(line for line in TEXT.splitlines() if line.startswith("sed -i"))
    script = f"""
    gcloud() {{ printf password; }}
    PROJECT=my-project SQL_INSTANCE=my-project:europe-west1:faceswap
    cat <<END | {edit.replace("sed -i", "sed").replace("client_app/app.deploy.yaml", "")}
{line}
END
    """
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    url = done.stdout.split('"')[1]
    assert url == "postgres://faceswap:password@%2Fcloudsql%2Fmy-project%3Aeurope-west1%3Afaceswap/faceswap"


def test_every_gcloud_command_and_flag_is_one_that_gcloud_has() -> None:
    """Every command names its group and its flags' values; gcloud's own table is asked where it is installed."""
    commands = gcloud_commands()
    assert all(len(command) > 2 and command[1].islower() for command in commands)
    gcloud = shutil.which("gcloud")
    if gcloud:
        info = subprocess.run([gcloud, "info", "--format=json"], capture_output=True, text=True, check=True)
        table = Path(json.loads(info.stdout)["installation"]["sdk_root"]) / "data" / "cli" / "gcloud_completions.py"
        python = json.loads(info.stdout)["basic"]["python_location"]
        tree = json.loads(subprocess.run([python, "-c", TREE, str(table)], capture_output=True, check=True).stdout)
        assert {" ".join(command): unknown_in(command, tree) for command in commands if unknown_in(command, tree)} == {}
