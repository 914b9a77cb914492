"""How gestures rise and fall."""


def ease(x: float) -> float:
    """0 below 0, 1 above 1, smooth between."""
    x = min(1.0, max(0.0, x))
    return x * x * (3 - 2 * x)


def rise_and_fall(time_s: float, attack_s: float, hold_s: float, release_s: float) -> float:
    """From 0 up to 1 in `attack_s`, held, and back in `release_s`."""
    return ease(time_s / attack_s) * (1 - ease((time_s - attack_s - hold_s) / release_s))


def toward(value: float, target: float, *, up: float, down: float) -> float:
    """One step of a follower with its own share for rising and for falling."""
    return value + (target - value) * (up if target > value else down)
