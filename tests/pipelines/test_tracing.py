"""What leaves a server as traces: times of real turns, and none of the words."""

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from opentelemetry.trace.status import Status

from pipelines.tracing import WordlessExporter


def test_times_stay_and_words_do_not() -> None:
    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(WordlessExporter(kept)))
    with provider.get_tracer("test").start_as_current_span("turn") as span:
        span.set_attributes(
            {
                "metrics.ttfb": 0.25,
                "turn.number": 3,
                "turn.was_interrupted": True,
                "gen_ai.request.model": "qwen3",
                "gen_ai.system": "openai",
                "transcript": "my name is Grace",
                "turn.user_text": "my name is Grace",
                "input": '[{"role": "user", "content": "my name is Grace"}]',
                "gen_ai.prompt": "my name is Grace",
                "text": "Hello Grace",
            }
        )
        span.add_event("said", {"text": "my name is Grace"})
        span.set_status(Status(StatusCode.ERROR, "could not say 'Grace'"))
    (seen,) = kept.get_finished_spans()
    assert dict(seen.attributes or {}) == {
        "metrics.ttfb": 0.25,
        "turn.number": 3,
        "turn.was_interrupted": True,
        "gen_ai.request.model": "qwen3",
        "gen_ai.system": "openai",
    }
    assert seen.status.status_code is StatusCode.ERROR
    assert seen.end_time is not None
    assert seen.start_time is not None
    assert seen.end_time > seen.start_time
    assert "Grace" not in seen.to_json()
