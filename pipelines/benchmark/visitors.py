"""A kiosk's day, measured: most visitors in virtual time, some for real and with faults."""

import asyncio
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from agent.knowledge.folder import RECEPTION, load_knowledge
from agent.knowledge.responder import Responder
from avatar.tick import Samples
from pipelines.benchmark.server_process import ServerProcess, running_server
from pipelines.simulation.day import Outcome, play_day
from pipelines.simulation.dialogues import Cast
from pipelines.simulation.doorway import Doorway, camera_pictures, doorway
from pipelines.simulation.guests import Fault, Guest, plan
from pipelines.simulation.witness import Content, Witness

REAL, LEAST_REAL = 10, 2
"""Of so many visitors one comes in real time; two at least, to see what the second one costs."""
SETTINGS = """
kiosk:
  presence: {confirm_s: 0.4, departed_s: 1}
  visit: {farewell_s: 0.5}
  words: {en: {disclosure: I am an AI.}}
"""
"""Shorter than at a real kiosk, whose times are tried in virtual time."""
GREETED_WITHIN_S = 10.0
ANSWERED_WITHIN_S = 15.0
FORGOTTEN_WITHIN_S = 40.0
MARKS = ("umbrella", "wifi", "toilets", "station")
"""Words of the questions that nothing of the server's own has in a file."""


@dataclass(frozen=True, slots=True)
class _Script:
    """What a visitor of the real part says."""

    question: Samples
    fault: Fault


@dataclass(slots=True)
class DayReport:
    """What a day showed."""

    outcomes: list[Outcome] = field(default_factory=list)
    recoveries_s: list[float] = field(default_factory=list)
    noticed_s: list[float] = field(default_factory=list)
    content_files: tuple[Path, ...] = ()
    peers: tuple[str, ...] = ()
    memory_growth_mb: float = 0.0


async def measure_visitors(visitors: int, seed: int, tell: Callable[[str], None]) -> DayReport:
    """Play a day with a server of our own, whose files and connections are watched."""
    report = DayReport()
    real = min(visitors, max(LEAST_REAL, visitors // REAL))
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="visavis-day-")))
        tell("starting a kiosk")
        kiosk = asyncio.create_task(asyncio.to_thread(_started, stack, home))
        virtual = asyncio.create_task(asyncio.to_thread(_virtual, visitors - real, seed, tell))
        scripts = await asyncio.to_thread(_scripts, real, seed, visitors - real)
        pictures = await asyncio.to_thread(camera_pictures)
        server = await kiosk
        report.outcomes += await virtual
        folders = (home,)
        content = Content(words=MARKS)
        witness = Witness(server.process, content, folders=folders, shared=(Path("/dev/shm"),))
        witness.start()
        async with doorway(server.port, server.process, pictures) as door:
            await _real(door, scripts, report, server, tell)
        found = witness.stop()
        report.content_files, report.peers = found.contents, found.peers
    return report


def _started(stack: ExitStack, home: Path) -> ServerProcess:
    temporary = home / "tmp"
    temporary.mkdir()
    (home / "kiosk.yaml").write_text(SETTINGS)
    environment = {"TMPDIR": str(temporary)}
    server = running_server("--dir", str(home), verb="kiosk", environment=environment)
    return stack.enter_context(server)


def _virtual(visitors: int, seed: int, tell: Callable[[str], None]) -> list[Outcome]:
    return play_day(visitors, seed, Responder(load_knowledge(RECEPTION)), tell)


def _scripts(real: int, seed: int, first: int) -> list[_Script]:
    cast = Cast()
    try:
        faults = (Fault.MICROPHONE_GONE, Fault.NETWORK_CUT, Fault.EARS_KILLED)
        return [
            _Script(
                cast.says(f"{plan(seed, first + n).questions[0]}?", seed + n),
                faults[n % len(faults)],
            )
            for n in range(real)
        ]
    finally:
        cast.close()


async def _real(
    door: Doorway,
    scripts: Sequence[_Script],
    report: DayReport,
    server: ServerProcess,
    tell: Callable[[str], None],
) -> None:
    await door.until("attract", 10.0)
    memory = list[float]()
    for number, script in enumerate(scripts):
        report.outcomes.append(await _visit(door, script, report))
        memory.append(server.alone_mb)
        tell(f"visitor {number + 1} of {len(scripts)} in real time")
    # The first visit fills what is kept for all others.
    report.memory_growth_mb = memory[-1] - memory[0]


async def _visit(door: Doorway, script: _Script, report: DayReport) -> Outcome:
    """Come, be greeted, ask, and walk away; something breaks in between."""
    outcome = Outcome(Guest.ASKS, script.fault)
    came = monotonic()
    door.present = True
    outcome.greeted = await door.answered(came, GREETED_WITHIN_S)
    await _break(door, script.fault, report, outcome)
    _, ended = await door.talker.say(script.question)
    outcome.served = await door.answered(ended, ANSWERED_WITHIN_S)
    talking_at = [at for at, event in door.states if event["state"] == "reset" and at > came]
    outcome.reset_mid_sentence = bool(talking_at)
    door.present = False
    outcome.stuck = not await door.until("attract", FORGOTTEN_WITHIN_S)
    outcome.forgotten = any(at > ended and e["state"] == "reset" for at, e in door.states)
    return outcome


async def _break(door: Doorway, fault: Fault, report: DayReport, outcome: Outcome) -> None:
    match fault:
        case Fault.EARS_KILLED:
            outcome.recovery_s = await door.kill_ears()
        case Fault.MICROPHONE_GONE:
            noticed, outcome.recovery_s = await door.unplug_microphone()
            report.noticed_s.append(noticed)
        case Fault.NETWORK_CUT:
            outcome.recovery_s = await door.cut()
        case _:
            return


def figures(report: DayReport) -> dict[str, float | int | bool]:
    """The figures by the names that scripts rely on."""
    outcomes = report.outcomes
    recoveries = [one.recovery_s for one in outcomes if one.recovery_s is not None]
    return {
        "visitors": len(outcomes),
        "unserved": sum(one.unserved for one in outcomes),
        "reset_mid_sentence": sum(one.reset_mid_sentence for one in outcomes),
        "stuck_states": sum(one.stuck for one in outcomes),
        "content_files_written": len(report.content_files),
        "memory_growth_mb": round(report.memory_growth_mb, 1),
        "recovery_s_max": round(max(recoveries, default=0.0), 2),
        "noticed_s_max": round(max(report.noticed_s, default=0.0), 2),
        "foreign_peers": len(report.peers),
    }
