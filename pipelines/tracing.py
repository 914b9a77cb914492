"""OpenTelemetry for a server: how long each stage of each turn took, and not what was said."""

from collections.abc import Sequence

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from pipecat.utils.tracing.setup import setup_tracing

NAMES = ("operation.name", "conversation.", "turn.", "service.", "gen_ai.system", "gen_ai.request.")
"""Beginnings of the attributes whose texts are names; all others may hold what was said."""

CONTENT = ("prompt", "text", "transcript", "message", "instruction", "input", "output")
"""Parts of names that tell of content, whatever they begin with."""


class WordlessExporter(SpanExporter):
    """Hands spans on without anything that was said: numbers stay, of texts only names."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Export what is left of the spans; their events, which quote errors, are not."""
        return self._exporter.export([_wordless(span) for span in spans])

    def shutdown(self) -> None:
        """End the exporter."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Export what waits."""
        return self._exporter.force_flush(timeout_millis)


def _wordless(span: ReadableSpan) -> ReadableSpan:
    kept = {name: value for name, value in (span.attributes or {}).items() if _tells(name, value)}
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes=kept,
        kind=span.kind,
        status=span.status if span.status.is_ok else type(span.status)(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _tells(name: str, value: object) -> bool:
    if isinstance(value, bool | int | float):
        return True
    return name.startswith(NAMES) and not any(part in name for part in CONTENT)


def trace_to(endpoint: str | None, name: str = "visavis") -> None:
    """Send spans to an OTLP collector; None takes OTEL_EXPORTER_OTLP_ENDPOINT or localhost:4318.

    Raises ImportError without the extra `tracing`.
    """
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    where = None if endpoint is None else f"{endpoint.rstrip('/')}/v1/traces"
    setup_tracing(name, WordlessExporter(OTLPSpanExporter(endpoint=where)))
