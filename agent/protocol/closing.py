"""How connections end, and how one that was lost is taken up again."""

CLOSE_POLICY = 1008

CLOSE_FAILED = 1011

CLOSE_FULL = 1013

CLOSE_TAKEN_OVER = 4409
"""The conversation went on over another connection."""

GOODBYES = frozenset({1000, 1001, 1005, CLOSE_POLICY, CLOSE_TAKEN_OVER})
"""Codes of connections that were closed on purpose; the others were lost and may be resumed."""

RESUME_PROTOCOL = "visavis-resume."
"""How a client whose connection was lost shows at a full house that it had a place: the beginning
of a sub-protocol, before its token."""

RESUMES_WITHIN_S = 30.0
"""Seconds within which a conversation whose connection was lost may go on over another."""
