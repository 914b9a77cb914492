"""Where networks are trained."""


def device_name(name: str) -> str:
    """A device of torch by name; `auto` takes a GPU where there is one."""
    import torch

    return ("cuda" if torch.cuda.is_available() else "cpu") if name == "auto" else name
