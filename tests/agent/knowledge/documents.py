"""Small PDFs, written here so that what is in them is known."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """A line at a place, in points from below."""

    text: str
    y: float
    size: float = 10
    bold: bool = False


def document(pages: Sequence[Sequence[Text]], language: str = "") -> bytes:
    """A PDF with these lines."""
    spoken = f"/Lang ({language})" if language else ""
    count = len(pages)
    kids = " ".join(f"{5 + 2 * at} 0 R" for at in range(count))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {spoken} >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >>",
    ]
    for at, lines in enumerate(pages):
        shown = "\n".join(
            f"BT /F{2 if line.bold else 1} {line.size} Tf 1 0 0 1 50 {line.y} Tm "
            f"({line.text}) Tj ET"
            for line in lines
        )
        objects += [
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {6 + 2 * at} 0 R "
            "/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>",
            f"<< /Length {len(shown)} >>\nstream\n{shown}\nendstream",
        ]
    out = b"%PDF-1.4\n"
    places: list[int] = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    tail = f"xref\n0 {size}\n0000000000 65535 f \n{table}"
    tail += f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n"
    return out + tail.encode("latin-1")
