from agent.nodes.turns import REMEMBERED, TurnNumbers


def test_contexts_are_numbered_as_they_come() -> None:
    turns = TurnNumbers()
    assert turns.last == 0
    assert [turns.of(name) for name in ("a", "a", "b", "a")] == [1, 1, 2, 1]
    assert turns.last == 2


def test_a_named_context_keeps_its_number_after_its_end() -> None:
    turns = TurnNumbers()
    turns.of("a")
    turns.close("a")
    assert turns.of("a") == 1


def test_speech_without_a_name_is_a_new_turn_after_each_end() -> None:
    turns = TurnNumbers()
    assert turns.of(None) == 1
    turns.close(None)
    assert turns.of(None) == 2


def test_old_contexts_are_forgotten() -> None:
    turns = TurnNumbers()
    for i in range(1000):
        turns.of(str(i))
    assert len(turns._numbers) <= REMEMBERED
