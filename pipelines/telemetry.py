"""What is counted and timed, for whoever watches a server from afar: numbers, and nothing said."""

import ipaddress
from collections.abc import Callable
from importlib.metadata import version
from typing import Literal, TypeAlias, get_args

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    ProcessCollector,
    generate_latest,
)

from agent.protocol.events.kiosk import Fault
from pipelines.admission import Admission, Refusal, caller
from pipelines.config import ServeConfig

Step: TypeAlias = Literal["noticed", "greeted", "conversed", "answered", "handed_off", "reset"]
"""How far a visit came; each visitor takes each step once at most."""

Unanswered: TypeAlias = Literal["unknown", "unclear", "unheard", "language", "failed"]
"""Why a question had no answer: no page has it, several might, it was not understood, it was in a
language that the ears do not know, or what answers failed."""

Speech: TypeAlias = Literal["held", "resumed", "cut_off"]
"""What a user's sound did to the avatar's speech: `resumed` was held for nothing."""

Latency: TypeAlias = Literal["response", "reaction", "barge_in"]
Part: TypeAlias = Literal["ears", "answers", "voice", "face", "transport", "other"]

LATENCIES_S = (0.04, 0.08, 0.16, 0.24, 0.32, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0)
"""Upper bounds of the histogram's buckets."""


class Telemetry:
    """The figures of one server. Labels are names of a fixed list: no figure is about a visitor."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        Info("visavis", "what runs", registry=self.registry).info({"version": version("visavis")})
        ProcessCollector(registry=self.registry)
        self._sessions = self._gauge("sessions", "conversations that are open")
        self._ready = self._gauge("ready", "1 while a conversation can begin")
        self._rung = self._gauge(
            "rung", "how far down the ladder of load the picture is, 0 is whole"
        )
        self._descents = self._counter("descents", "times the picture went down the ladder")
        self._pictures = self._counter("pictures", "pictures that were drawn")
        self._late = self._counter("pictures_late", "pictures that there was no time for")
        self._faults = self._gauge("fault", "1 while this does not work", "fault")
        self._visits = self._counter("visits", "visitors who came so far", "step")
        self._unanswered = self._counter("unanswered", "questions without an answer", "kind")
        self._speech = self._counter(
            "speech_interrupted", "speech under the user's sound", "outcome"
        )
        self._errors = self._counter("errors", "errors that a part reported", "part")
        self._latencies = Histogram(
            "visavis_latency_seconds",
            "from the user's sound or silence to what answers it",
            ["kind"],
            buckets=LATENCIES_S,
            registry=self.registry,
        )
        self._begin_at_nothing()

    def _gauge(self, name: str, what: str, *labels: str) -> Gauge:
        return Gauge(f"visavis_{name}", what, labels, registry=self.registry)

    def _counter(self, name: str, what: str, *labels: str) -> Counter:
        return Counter(f"visavis_{name}", what, labels, registry=self.registry)

    def _begin_at_nothing(self) -> None:
        """What has not happened yet is told as 0, so that its first time is a rise."""
        for metric, names in (
            (self._faults, Fault),
            (self._visits, Step),
            (self._unanswered, Unanswered),
            (self._speech, Speech),
            (self._errors, Part),
            (self._latencies, Latency),
        ):
            for name in get_args(names):
                metric.labels(name)

    def watch(self, admission: Admission) -> None:
        """Tell from now on how many sessions are open, and whether another can begin."""
        self._sessions.set_function(lambda: admission.sessions)
        self._ready.set_function(lambda: not admission.reasons)

    def visit(self, step: Step) -> None:
        """A visitor came this far."""
        self._visits.labels(step).inc()

    def unanswered(self, kind: Unanswered) -> None:
        """A question had no answer."""
        self._unanswered.labels(kind).inc()

    def fault(self, name: Fault, *, present: bool) -> None:
        """Something does not work, or works again."""
        self._faults.labels(name).set(present)

    def rung(self, number: int) -> None:
        """The picture went up or down the ladder, to this rung."""
        if number > self._value("visavis_rung"):
            self._descents.inc()
        self._rung.set(number)

    def drawn(self) -> None:
        """A picture was drawn in time."""
        self._pictures.inc()

    def late(self) -> None:
        """A tick went by without its picture."""
        self._late.inc()

    def latency(self, kind: Latency, seconds: float) -> None:
        """How long something took that a user waits for."""
        self._latencies.labels(kind).observe(seconds)

    def speech(self, outcome: Speech) -> None:
        """The user's sound did something to the avatar's speech."""
        self._speech.labels(outcome).inc()

    def error(self, part: Part) -> None:
        """A part reported an error."""
        self._errors.labels(part).inc()

    @property
    def funnel(self) -> dict[str, int]:
        """Visits by how far they came, since the start."""
        return {step: self._count("visavis_visits_total", step=step) for step in get_args(Step)}

    @property
    def faults(self) -> tuple[str, ...]:
        """What does not work now."""
        names: tuple[str, ...] = get_args(Fault)
        return tuple(name for name in names if self._count("visavis_fault", fault=name))

    @property
    def rungs_down(self) -> int:
        """How far down the ladder the picture is."""
        return self._count("visavis_rung")

    def text(self) -> bytes:
        """All figures as Prometheus reads them."""
        return generate_latest(self.registry)

    def _count(self, name: str, **labels: str) -> int:
        return int(self._value(name, **labels))

    def _value(self, name: str, **labels: str) -> float:
        return self.registry.get_sample_value(name, labels) or 0.0


def add_metrics(
    app: FastAPI, config: ServeConfig, admission: Admission, telemetry: Telemetry
) -> None:
    """Add `GET /metrics`: to this machine, and to others that show the server's token."""
    telemetry.watch(admission)
    refuse = _refusing(config, admission)

    @app.get("/metrics")
    async def metrics(request: Request) -> Response:
        refusal = refuse(request)
        if refusal is not None:
            return JSONResponse(refusal.body, refusal.status, refusal.headers)
        return Response(telemetry.text(), media_type=CONTENT_TYPE_LATEST)


def _refusing(config: ServeConfig, admission: Admission) -> Callable[[Request], Refusal | None]:
    def refuse(request: Request) -> Refusal | None:
        if is_local(caller(request)):
            return None
        if config.token is None:
            return Refusal(403, "local_only", "figures are for this machine; set VISAVIS_TOKEN")
        return admission.stranger(request.headers)

    return refuse


def is_local(address: str) -> bool:
    """Whether a caller's address is this machine's own."""
    try:
        return ipaddress.ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False
