"""Mails: secured before a password goes, and given up in time."""

import socket
import ssl
from pathlib import Path
from typing import Any

import pytest

from pipelines.kiosk import mail as sending
from pipelines.kiosk.config import MailConfig
from pipelines.kiosk.mail import MailError, send_mail
from pipelines.tls import own_certificate
from tests.pipelines.kiosk.postman import Postman, delivering

LETTER = ("Lobby: a visitor asks for a person", "reason: button")


def mail(port: int, **settings: Any) -> MailConfig:
    return MailConfig(
        to="desk@house.example", sender="kiosk@house.example", server="localhost", port=port,
        **settings,
    )  # fmt: skip


async def test_a_mail_says_who_needs_somebody() -> None:
    async with delivering(Postman()) as postman:
        await send_mail(mail(postman.port), *LETTER)
    assert b"mail FROM:<kiosk@house.example>" in b" ".join(postman.lines)
    assert b"rcpt TO:<desk@house.example>" in postman.lines
    assert b"Subject: Lobby: a visitor asks" in postman.mail
    assert b"reason: button" in postman.mail


async def test_a_name_cannot_write_headers() -> None:
    async with delivering(Postman()) as postman:
        await send_mail(mail(postman.port), "Lobby\r\nBcc: all@house.example", "Hello.")
    head = postman.mail.partition(b"\r\n\r\n")[0]
    assert b"Subject: Lobby Bcc: all@house.example" in head
    assert len([line for line in postman.lines if line.startswith(b"rcpt")]) == 1


async def test_a_mail_is_secured_before_the_password_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = own_certificate("localhost", tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(files.certificate, files.key)
    names = {"user_from": "U", "password_from": "P"}
    async with delivering(Postman(context)) as postman:
        config = mail(postman.port, tls=True, **names)
        with pytest.raises(MailError, match="CERTIFICATE_VERIFY_FAILED"):
            await send_mail(config, *LETTER, {"U": "me", "P": "pass"})
        assert not [line for line in postman.lines if line.startswith(b"AUTH")]
        monkeypatch.setenv("SSL_CERT_FILE", str(files.certificate))
        await send_mail(config, *LETTER, {"U": "me", "P": "pass"})
    assert postman.secured
    assert postman.lines.index(b"STARTTLS") < postman.lines.index(b"AUTH PLAIN AG1lAHBhc3M=")
    assert b"reason: button" in postman.mail


async def test_a_mail_that_is_refused_or_hangs_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    async with delivering(Postman(refuses=b"MAIL")) as postman:
        with pytest.raises(MailError, match=r"localhost:\d+ refused the mail with code 550"):
            await send_mail(mail(postman.port), *LETTER)
    monkeypatch.setattr(sending, "WITHIN_S", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(MailError, match=r"did not take the mail within 0\.2 s"):
            await send_mail(mail(port), *LETTER)
    with pytest.raises(MailError, match="ConnectionRefusedError"):
        await send_mail(mail(port), *LETTER)
