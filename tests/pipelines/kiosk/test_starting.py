"""The folder that a kiosk begins with: it is valid, complete, and fits what it names."""

import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from jsonschema import Draft202012Validator
from typer.core import TyperGroup
from typer.main import get_command

from agent.knowledge.folder import load_knowledge
from pipelines.cli import app
from pipelines.config import ServeConfig
from pipelines.configuration import checked, read_configuration
from pipelines.kiosk.starting import CONFIGURATION, SCHEMA, STARTER, StartError, init
from pipelines.kiosk.watchdog import DRAIN_S, RESTART_CODE

ROOT = Path(__file__).parents[3]
DEPLOY = STARTER / "deploy"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("house") / "lobby"
    init(folder)
    return folder


def uncommented(text: str) -> str:
    """A YAML file with its commented settings switched on."""
    setting = re.compile(r"^(\s*)# ((?:\w+:|  ).*|\S+: .*)$")
    return "\n".join(
        line if (found := setting.match(line)) is None else found[1] + found[2]
        for line in text.splitlines()
    )


def test_it_makes_a_folder_that_can_be_used_as_it_is(folder: Path) -> None:
    config = checked(read_configuration(folder / CONFIGURATION))
    assert config.kiosk is not None
    assert config.knowledge is not None
    assert config.kiosk.branding.logo is not None
    assert (folder / config.kiosk.branding.logo).is_file()
    knowledge = load_knowledge(folder / config.knowledge)
    assert knowledge.problems == ()
    assert len(knowledge.entries) >= 6
    assert os.access(folder / "deploy" / "kiosk-browser.sh", os.X_OK)


def test_every_suggested_question_has_an_answer(folder: Path) -> None:
    config = checked(read_configuration(folder / CONFIGURATION))
    assert config.kiosk is not None
    known = {entry.question for entry in load_knowledge(folder / "knowledge").entries}
    assert set(config.kiosk.words["en"].suggestions) <= known


@pytest.mark.parametrize(
    "setting",
    [
        "host: 0.0.0.0",
        "llm: openai",
        "endpoint: {base_url: http://localhost:11434/v1, model: qwen3}",
        "languages: {de: {stt: whisper:base, voice: piper:de_DE-thorsten-medium}}",
    ],
)
def test_settings_beside_the_kiosk_are_known(setting: str) -> None:
    checked(yaml.safe_load(setting))


def test_what_is_commented_out_is_valid_too() -> None:
    lines = (STARTER / CONFIGURATION).read_text().splitlines()
    begin = lines.index("kiosk:")
    told = yaml.safe_load(uncommented("\n".join(lines[begin:])))
    assert {"hand_off", "heartbeat", "admin", "unanswered", "quiet_hours", "time_zone"} <= set(
        told["kiosk"]
    )
    assert checked(told).kiosk is not None


def test_the_schema_is_one_and_knows_the_configuration(folder: Path) -> None:
    schema = json.loads((folder / SCHEMA).read_text())
    Draft202012Validator.check_schema(schema)
    first = (folder / CONFIGURATION).read_text().splitlines()[0]
    assert first == f"# yaml-language-server: $schema={SCHEMA}"
    validator = Draft202012Validator(schema)
    told = read_configuration(folder / CONFIGURATION)
    assert list(validator.iter_errors(told)) == []
    wrong = (
        {"avatr": "ana"},
        {"port": "many"},
        {"kiosk": {"visit": {"inactive_s": 1}}},
        {"token": "never in a file"},
    )
    for one in wrong:
        assert list(validator.iter_errors(told | one)), one


def test_the_schema_holds_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VISAVIS_TOKEN", "s3cret-of-mine")
    init(tmp_path / "new")
    assert "s3cret" not in (tmp_path / "new" / SCHEMA).read_text()


def test_a_folder_that_is_not_empty_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(StartError, match="is not empty"):
        init(tmp_path)
    with pytest.raises(StartError, match="is not empty"):
        init(tmp_path / "mine.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    made = init(tmp_path / "a" / "b")
    empty = tmp_path / "empty"
    empty.mkdir()
    assert [path.name for path in init(empty)] == [path.name for path in made]


def test_a_disk_that_cannot_be_written_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(StartError, match="No space left on device"):
        init(tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def unit(name: str) -> configparser.ConfigParser:
    parsed = configparser.ConfigParser(interpolation=None, strict=True)
    parsed.optionxform = str  # type: ignore[assignment, method-assign]
    parsed.read(DEPLOY / name)
    return parsed


def test_the_service_starts_a_verb_that_there_is_and_starts_it_again() -> None:
    service = unit("visavis-kiosk.service")["Service"]
    program, *arguments = shlex.split(service["ExecStart"])
    assert Path(program).name == "visavis"
    assert understood(arguments) == "kiosk"
    assert service["Type"] == "notify"
    assert service["Restart"] == "always"
    assert int(service["WatchdogSec"]) >= 10
    assert int(service["TimeoutStopSec"]) > DRAIN_S
    assert str(RESTART_CODE) in service["SuccessExitStatus"].split()


def understood(arguments: list[str]) -> str:
    """The verb of a command line that can be read to its end."""
    verb, *options = arguments
    command = get_command(app)
    assert isinstance(command, TyperGroup)
    chosen = command.commands[verb]
    chosen.make_context(verb, options)
    return verb


@pytest.mark.parametrize(
    "setting",
    ["ProtectSystem", "ProtectHome", "PrivateTmp", "PrivateDevices", "NoNewPrivileges",
     "RestrictNamespaces", "SystemCallFilter", "UMask"],
)  # fmt: skip
def test_the_service_may_do_little(setting: str) -> None:
    service = unit("visavis-kiosk.service")["Service"]
    assert service[setting] not in ("", "no", "false")
    assert service["CapabilityBoundingSet"] == ""
    assert service["User"] != "root"


def test_the_browser_and_the_nightly_restart_name_what_there_is() -> None:
    browser = unit("kiosk-browser.service")
    _, script = shlex.split(browser["Service"]["ExecStart"])
    assert (DEPLOY / Path(script).name).is_file()
    restart = unit("visavis-kiosk-restart.service")["Service"]["ExecStart"]
    assert (DEPLOY / shlex.split(restart)[-1]).is_file()
    assert "OnCalendar" in unit("visavis-kiosk-restart.timer")["Timer"]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    for name in ("visavis-kiosk.service", "visavis-kiosk-restart.service"):
        text = re.sub(
            r"^ExecStart=\S+", "ExecStart=/bin/sh", (DEPLOY / name).read_text(), flags=re.M
        )
        (tmp_path / name).write_text(text)
        command = ["systemd-analyze", "verify", "--man=no", str(tmp_path / name)]
        checked_unit = subprocess.run(command, capture_output=True, text=True, timeout=30)
        if "Failed to initialize manager" in checked_unit.stderr:
            pytest.skip("systemd-analyze cannot work here")
        assert (checked_unit.returncode, checked_unit.stderr) == (0, "")


def test_the_browser_is_given_the_microphone_of_our_page_alone() -> None:
    policy = json.loads((DEPLOY / "chromium-policy.json").read_text())
    page = f"http://localhost:{ServeConfig().port}"
    for name in ("AudioCaptureAllowedUrls", "VideoCaptureAllowedUrls", "AutoplayAllowlist"):
        assert policy[name] == [page]
    assert policy["URLAllowlist"] == [page]
    script = (DEPLOY / "kiosk-browser.sh").read_text()
    assert page in script


def test_the_script_is_one(tmp_path: Path) -> None:
    script = str(DEPLOY / "kiosk-browser.sh")
    parsed = subprocess.run(["sh", "-n", script], capture_output=True, text=True)
    assert (parsed.returncode, parsed.stderr) == (0, "")
    for name, what in (("curl", "exit 0"), ("browser", 'printf "%s\\n" "$@"')):
        (tmp_path / name).write_text(f"#!/bin/sh\n{what}\n")
        (tmp_path / name).chmod(0o755)
    told = subprocess.run(
        [script],
        env={
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
            "KIOSK_BROWSER": "browser",
            "XDG_RUNTIME_DIR": str(tmp_path),
        },
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert told[:2] == ["--kiosk", "http://localhost:8765/kiosk"]
    assert f"--user-data-dir={tmp_path}/kiosk-browser" in told


INSTRUCTIONS = (
    "ARG", "FROM", "WORKDIR", "COPY", "RUN", "ENV", "USER", "EXPOSE", "STOPSIGNAL", "HEALTHCHECK",
    "ENTRYPOINT", "CMD",
)  # fmt: skip


def steps() -> list[tuple[str, str]]:
    """The instructions of the Dockerfile, with lines put together."""
    lines = (DEPLOY / "Dockerfile").read_text().splitlines()
    text = "\n".join(line for line in lines if not line.startswith("#"))
    whole = re.sub(r"\\\n", " ", text).splitlines()
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in whole if line.strip()]


def test_the_image_is_made_of_what_there_is() -> None:
    assert {name for name, _ in steps()} <= set(INSTRUCTIONS)
    stages = {argument.split()[-1] for name, argument in steps() if name == "FROM"}
    copied = 0
    for name, argument in steps():
        if name != "COPY":
            continue
        origin = re.fullmatch(r"--from=(\w+) (.*)", argument)
        assert origin is not None
        *sources, _target = origin[2].split()
        if origin[1] in stages:
            continue
        assert origin[1] == "source"
        for source in sources:
            assert (ROOT / source).exists(), source
            copied += 1
    assert copied >= 7


def test_the_image_runs_as_nobody_special_and_says_how_it_is() -> None:
    told = dict(steps())
    assert told["USER"].isdecimal()
    assert int(told["USER"]) > 0
    assert "/healthz" in told["HEALTHCHECK"]
    assert json.loads(told["ENTRYPOINT"]) == ["visavis"]
    assert understood(json.loads(told["CMD"])) == "kiosk"


def test_nothing_that_is_shipped_holds_a_secret() -> None:
    for path in DEPLOY.iterdir():
        assert not re.search(r"(PASSCODE|TOKEN|KEY|SECRET)=\S", path.read_text()), path.name


def test_pytorch_is_the_one_without_graphics_cards() -> None:
    run = next(
        argument for name, argument in steps() if "constraints.txt" in argument and name == "RUN"
    )
    pattern = re.search(r"s/(.+)/\\1\+cpu/", run)
    assert pattern is not None
    pinned = re.findall(pattern[1], (ROOT / "constraints.txt").read_text(), flags=re.M)
    assert [line.partition("==")[0] for line in pinned] == ["torch"]


SERVICE_KEYS = {
    "image", "build", "network_mode", "env_file", "volumes", "read_only", "tmpfs", "cap_drop",
    "security_opt", "init", "pids_limit", "mem_limit", "restart", "stop_grace_period", "logging",
    "healthcheck",
}  # fmt: skip
"""Of the Compose specification."""


def composed() -> dict[str, Any]:
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def test_the_container_can_write_nothing_and_is_started_again() -> None:
    kiosk = composed()["services"]["kiosk"]
    assert set(kiosk) <= SERVICE_KEYS
    assert kiosk["read_only"] is True
    assert kiosk["cap_drop"] == ["ALL"]
    assert kiosk["security_opt"] == ["no-new-privileges:true"]
    assert kiosk["restart"] == "unless-stopped"
    assert int(kiosk["stop_grace_period"].removesuffix("s")) > DRAIN_S
    assert (STARTER / kiosk["build"]["dockerfile"]).is_file()


def test_what_the_container_mounts_there_is_and_it_asks_what_the_image_asks() -> None:
    told = composed()
    kiosk = told["services"]["kiosk"]
    bound = {mount["target"]: mount for mount in kiosk["volumes"]}
    assert bound["/kiosk"]["read_only"] is True
    assert (DEPLOY / bound["/kiosk"]["source"]).resolve() == STARTER
    named = {mount["source"] for mount in kiosk["volumes"] if mount["type"] == "volume"}
    assert named == set(told["volumes"])
    asked = dict(steps())["HEALTHCHECK"].partition("CMD ")[2]
    assert kiosk["healthcheck"]["test"] == ["CMD", *json.loads(asked)]


def test_the_logo_is_a_picture() -> None:
    root = ElementTree.fromstring((STARTER / "branding" / "logo.svg").read_text())
    assert root.tag.endswith("svg")
    assert root.get("aria-label")
