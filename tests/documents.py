"""Real files of every format, made from the invented news of Lindhafen, for tests to read and to damage."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from email.message import EmailMessage

from lindhafen import LEAD, MORE, PROSE, TITLE

PARAGRAPHS = (PROSE, MORE, LEAD)


def pdf(lines: Sequence[str], *, trailer: str = "") -> bytes:
    """A PDF of one page with these lines of text, written out by hand: objects, cross-reference table, trailer."""
    shown = b"".join(b"(" + _escaped(line) + b") Tj 0 -14 Td " for line in lines)
    stream = b"BT /F1 11 Tf 50 780 Td " + shown + b"ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length " + str(len(stream)).encode() + b" >>\nstream\n" + stream + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    content, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(content))
        content += str(number).encode() + b" 0 obj\n" + one + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R {trailer}>>\nstartxref\n{len(content)}\n%%EOF\n"
    return content + b"xref\n0 6\n0000000000 65535 f \n" + table + end.encode()


def encrypted_pdf() -> bytes:
    """A PDF that asks for a password: its keys are those of none."""
    keys = f"/O <{'ab' * 32}> /U <{'cd' * 32}>"
    return pdf([PROSE], trailer=f"/Encrypt << /Filter /Standard /V 1 /R 2 {keys} /P -4 >> /ID [<00><00>] ")


def docx(paragraphs: Sequence[str], table: Sequence[Sequence[str]] = ()) -> bytes:
    import docx as python_docx

    document = python_docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if table:
        made = document.add_table(rows=len(table), cols=len(table[0]))
        for row, cells in zip(made.rows, table, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def mail(
    text: str = "", html: str = "", attachment: bytes = b"", sender: str = "Observer <news@observer.example>"
) -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = sender, TITLE
    message["Date"], message["Message-ID"] = "Fri, 14 Jun 2024 18:07:00 +0200", "<one@observer.example>"
    if text:
        message.set_content(text)
    if html:
        if text:
            message.add_alternative(html, subtype="html")
        else:
            message.set_content(html, subtype="html")
    if attachment:
        message.add_attachment(attachment, maintype="application", subtype="pdf", filename="plan.pdf")
    return message.as_bytes()


def zipped(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def page(*paragraphs: str) -> str:
    body = "".join(f"<p>{one}</p>" for one in paragraphs or PARAGRAPHS)
    return f"<html><head><meta charset='utf-8'><title>{TITLE}</title></head><body><h1>{TITLE}</h1>{body}</body></html>"


def _escaped(line: str) -> bytes:
    text = line.encode("cp1252", "replace")
    return text.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
