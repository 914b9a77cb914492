"""A mail by SMTP, from a thread: nobody waits long for a slow server."""

import asyncio
import os
import smtplib
import ssl
from collections.abc import Mapping
from email.message import EmailMessage

from avatar.errors import VisavisError
from pipelines.configuration import ConfigurationError
from pipelines.kiosk.config import MailConfig
from pipelines.kiosk.threads import CallEnded, in_thread

WITHIN_S = 20.0
"""Seconds that a server may take."""

SECURE_PORT = 465
"""Of servers that speak TLS from the first byte on."""

SAID = 160
"""Characters of a server's text in a message."""

_LOCAL = ("localhost", "127.0.0.1", "::1")


class MailError(VisavisError):
    """A mail could not be sent."""


def check_mail(mail: MailConfig, where: str, environment: Mapping[str, str] = os.environ) -> None:
    """Raises ConfigurationError for a missing variable, and a password that goes in the clear."""
    named = (mail.user_from, mail.password_from)
    if (mail.user_from is None) != (mail.password_from is None):
        raise ConfigurationError(f"{where}: user_from and password_from belong together")
    for name in named:
        if name is not None and not environment.get(name):
            raise ConfigurationError(
                f"{where}: the environment variable {name} was expected and is not set"
            )
    if mail.user_from is not None and not mail.tls and mail.server not in _LOCAL:
        raise ConfigurationError(
            f"{where}: the password would go to {mail.server} in the clear; set tls: true"
        )


async def send_mail(
    config: MailConfig, subject: str, text: str, environment: Mapping[str, str] = os.environ
) -> None:
    """Send a mail. Raises MailError."""
    message = EmailMessage()
    message["To"], message["From"] = config.to, config.sender
    message["Subject"] = " ".join(subject.split())
    message.set_content(text)
    login = _login(config, environment)
    server = f"the mail server {config.server}:{config.port}"
    try:
        async with asyncio.timeout(WITHIN_S):
            await in_thread(lambda: _deliver(config, message, login), "mail")
    except TimeoutError as error:
        raise MailError(f"{server} did not take the mail within {WITHIN_S:g} s") from error
    except smtplib.SMTPResponseException as error:
        raise MailError(f"{server} refused the mail with code {error.smtp_code}") from error
    except (OSError, smtplib.SMTPException, ValueError, CallEnded) as error:
        raise MailError(
            f"{server} did not take the mail ({type(error).__name__}: {str(error)[:SAID]})"
        ) from error


def _deliver(config: MailConfig, message: EmailMessage, login: tuple[str, str] | None) -> None:
    context = ssl.create_default_context() if config.tls else None
    if context is not None and config.port == SECURE_PORT:
        server = smtplib.SMTP_SSL(config.server, config.port, timeout=WITHIN_S, context=context)
    else:
        server = smtplib.SMTP(config.server, config.port, timeout=WITHIN_S)
    with server:
        if context is not None and config.port != SECURE_PORT:
            server.starttls(context=context)
        if login is not None:
            server.login(*login)
        server.send_message(message)


def _login(config: MailConfig, environment: Mapping[str, str]) -> tuple[str, str] | None:
    if config.user_from is None or config.password_from is None:
        return None
    return environment.get(config.user_from, ""), environment.get(config.password_from, "")
