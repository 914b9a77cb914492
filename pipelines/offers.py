"""WebRTC for the official pipecat clients: offers, and candidates as they are found."""

from contextlib import ExitStack

from aiortc.exceptions import InvalidAccessError, InvalidStateError
from aiortc.sdp import SessionDescription
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from loguru import logger
from pipecat.transports.smallwebrtc.connection import SmallWebRTCConnection
from pipecat.transports.smallwebrtc.request_handler import (
    SmallWebRTCPatchRequest,
    SmallWebRTCRequest,
    SmallWebRTCRequestHandler,
)
from pydantic import TypeAdapter

from pipelines.admission import Admission, caller
from pipelines.posted import posted
from pipelines.sessions import Sessions

LARGEST_OFFER = 256 << 10
"""Bytes of an offer; those of browsers have ten thousand."""

_OFFER = TypeAdapter(SmallWebRTCRequest)
_PATCH = TypeAdapter(SmallWebRTCPatchRequest)
_UNREADABLE = (AssertionError, AttributeError, LookupError, TypeError, ValueError)
"""What reading an offer that is none may raise: aiortc and aioice do not check what they read."""


def add_offers(app: FastAPI, admission: Admission, offers: SmallWebRTCRequestHandler) -> None:
    """Add the routes of WebRTC: offers of sessions, and candidates of their connections."""

    @app.post("/api/offer")
    async def offer(request: Request) -> JSONResponse:
        refusal = admission.stranger(request.headers)
        if refusal is not None:
            return JSONResponse(refusal.body, refusal.status, refusal.headers)
        try:
            wanted = _read_offer(await posted(request, LARGEST_OFFER))
        except _UNREADABLE as error:
            return _no_offer(error)
        sessions: Sessions = app.state.sessions
        with ExitStack() as place:
            if not sessions.knows(wanted.pc_id):
                if (refusal := admission.refuse(request.headers, caller(request))) is not None:
                    return JSONResponse(refusal.body, refusal.status, refusal.headers)
                place.enter_context(admission.session(caller(request)))
            return await _answered(wanted, offers, sessions, place)

    @app.patch("/api/offer")
    async def candidates(request: Request) -> JSONResponse:
        refusal = admission.stranger(request.headers)
        if refusal is not None:
            return JSONResponse(refusal.body, refusal.status, refusal.headers)
        try:
            await offers.handle_patch_request(
                _PATCH.validate_json(await posted(request, LARGEST_OFFER))
            )
        except (*_UNREADABLE, HTTPException) as error:
            return _no_offer(error)
        return JSONResponse({"status": "success"})


def _read_offer(data: bytes) -> SmallWebRTCRequest:
    """Raises one of `_UNREADABLE` for what is no offer, or one of nothing."""
    wanted = _OFFER.validate_json(data)
    if not SessionDescription.parse(wanted.sdp).media:
        raise ValueError("the offer has no media")
    return wanted


def _no_offer(error: Exception) -> JSONResponse:
    logger.info(f"an offer was refused: {error}")
    message = "this is no offer or candidate of WebRTC"
    return JSONResponse({"error": {"code": "invalid_offer", "message": message}}, 400)


async def _answered(
    wanted: SmallWebRTCRequest,
    offers: SmallWebRTCRequestHandler,
    sessions: Sessions,
    place: ExitStack,
) -> JSONResponse:
    """The answer to an offer; a new session takes the place over."""

    async def opened(connection: SmallWebRTCConnection) -> None:
        sessions.webrtc(connection, place.pop_all())

    try:
        return JSONResponse(await offers.handle_web_request(wanted, opened))
    except (InvalidAccessError, InvalidStateError, ValueError) as error:
        return _no_offer(error)
