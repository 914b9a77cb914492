"""Certificates: made once, for all names of this machine, and made anew when they are of no use."""

import ssl
from pathlib import Path

import pytest
from cryptography import x509

from pipelines.tls import TlsError, given_certificate, own_certificate


def names(certificate: Path) -> set[str]:
    found = x509.load_pem_x509_certificate(certificate.read_bytes())
    extension = found.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    return {str(name.value) for name in extension.value}


def test_a_certificate_is_made_once_and_can_be_served(tmp_path: Path) -> None:
    made = own_certificate("kiosk.example", tmp_path / "tls")
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(made.certificate, made.key)
    assert {"localhost", "127.0.0.1", "::1", "kiosk.example"} <= names(made.certificate)
    first = made.certificate.read_bytes()
    assert own_certificate("kiosk.example", tmp_path / "tls").certificate.read_bytes() == first
    assert own_certificate("0.0.0.0", tmp_path / "tls").certificate.read_bytes() == first


def test_only_the_owner_reads_the_key(tmp_path: Path) -> None:
    assert own_certificate("localhost", tmp_path).key.stat().st_mode & 0o077 == 0


def test_another_name_needs_another_certificate(tmp_path: Path) -> None:
    first = own_certificate("localhost", tmp_path).certificate.read_bytes()
    second = own_certificate("kiosk.example", tmp_path).certificate
    assert second.read_bytes() != first
    assert "kiosk.example" in names(second)


@pytest.mark.parametrize("damage", [b"", b"garbage", b"-----BEGIN CERTIFICATE-----\nAA==\n"])
def test_a_damaged_certificate_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    own_certificate("localhost", tmp_path).certificate.write_bytes(damage)
    assert "localhost" in names(own_certificate("localhost", tmp_path).certificate)


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "tls").write_text("in the way")
    with pytest.raises(TlsError, match="no certificate can be written to"):
        own_certificate("localhost", tmp_path / "tls")


@pytest.mark.parametrize("pair", ["", "one.pem", "none.pem,neither.pem", "a,b,c"])
def test_what_is_no_pair_of_files_is_told(pair: str) -> None:
    with pytest.raises(TlsError, match=r"CERT\.pem,KEY\.pem"):
        given_certificate(pair)


def test_a_given_pair_is_taken_as_it_is(tmp_path: Path) -> None:
    own = own_certificate("localhost", tmp_path)
    assert given_certificate(f"{own.certificate},{own.key}") == own
