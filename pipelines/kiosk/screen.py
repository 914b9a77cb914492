"""What the kiosk's page is told of the house, once: `GET /kiosk/screen`."""

from pydantic import BaseModel, ConfigDict


class ScreenLanguage(BaseModel):
    """A language that can be chosen. Without `ears` it is typed and pressed, not heard."""

    model_config = ConfigDict(frozen=True)

    code: str
    name: str
    ears: bool = True
    disclosure: str
    attract: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()


class Screen(BaseModel):
    """Everything that the page shows and does not learn from events.

    The first of the `languages` is that of the house. `logo` and `background` are addresses of
    pictures; `background` may be a colour. `attract_camera`: the camera is used to notice people.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    colour: str
    logo: str | None = None
    background: str | None = None
    languages: tuple[ScreenLanguage, ...]
    layout: str = "standing"
    push_to_talk: bool = False
    camera: bool = True
    can_call: bool = False
