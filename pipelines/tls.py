"""A certificate of one's own: browsers give the microphone to https pages only."""

import datetime
import ipaddress
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path

import psutil
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from platformdirs import user_data_path

from avatar.errors import MediaError, VisavisError
from avatar.files import beside

VALID_FOR = datetime.timedelta(days=825)
"""Longer-lived ones are refused by some browsers."""


class TlsError(VisavisError):
    """A certificate cannot be made or read."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """Files of a certificate and its key, both PEM."""

    certificate: Path
    key: Path


def own_certificate(host: str, folder: Path | None = None) -> Certificate:
    """A self-signed certificate for this machine, made on first use and kept.

    Raises TlsError when it cannot be written.
    """
    folder = user_data_path("visavis") / "tls" if folder is None else folder
    files = Certificate(folder / "certificate.pem", folder / "key.pem")
    names = _names(host)
    if not _covers(files, names):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _write(files, names)
        except (OSError, MediaError) as error:
            raise TlsError(f"no certificate can be written to {folder}: {error}") from error
    return files


def given_certificate(pair: str) -> Certificate:
    """A certificate given as CERT.pem,KEY.pem. Raises TlsError when it is not two files."""
    paths = [Path(part) for part in pair.split(",")]
    if len(paths) != 2 or not all(path.is_file() for path in paths):
        raise TlsError(f"--tls takes auto, or CERT.pem,KEY.pem of two files; it was given {pair!r}")
    files = Certificate(*paths)
    if not _fits(files):
        raise TlsError(f"{pair}: no certificate and its key in PEM")
    return files


def _fits(files: Certificate) -> bool:
    """Whether the key is that of the certificate, and both can be read."""
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(
            files.certificate, files.key
        )
    except (ssl.SSLError, OSError, ValueError):
        return False
    return True


def _names(host: str) -> list[str]:
    """What this machine may be called by a browser."""
    names = {"localhost", "127.0.0.1", "::1", socket.gethostname(), *machine_addresses()}
    if host not in ("0.0.0.0", "::"):
        names.add(host)
    return sorted(names)


def machine_addresses() -> list[str]:
    """Addresses at which other machines may reach this one, those of version 4 first."""
    found = [address for some in psutil.net_if_addrs().values() for address in some]
    names = [
        address.address
        for family in (socket.AF_INET, socket.AF_INET6)
        for address in found
        if address.family == family
    ]
    return [
        name for name in names if "%" not in name and not ipaddress.ip_address(name).is_loopback
    ]


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _covers(files: Certificate, names: list[str]) -> bool:
    """Whether there is a certificate for these names that is good for a day more."""
    if not _fits(files):
        return False
    try:
        found = x509.load_pem_x509_certificate(files.certificate.read_bytes())
        extension = found.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except (ValueError, x509.ExtensionNotFound):
        return False
    tomorrow = _now() + datetime.timedelta(days=1)
    known = set(extension.value)
    return found.not_valid_after_utc > tomorrow and {_alternative(name) for name in names} <= known


def _write(files: Certificate, names: list[str]) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "visavis")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_now() - datetime.timedelta(days=1))
        .not_valid_after(_now() + VALID_FOR)
        .add_extension(
            x509.SubjectAlternativeName([_alternative(n) for n in names]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    with beside(files.key) as part:
        part.chmod(0o600)
        part.write_bytes(secret)
    with beside(files.certificate) as part:
        part.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
