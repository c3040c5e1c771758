"""The IPTC digital source type as XMP, which says in a file that it was made with a trained model."""

from pathlib import Path

from provenance.credentials import DIGITAL_SOURCE_TYPE

PACKET = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">'
    f"<Iptc4xmpExt:DigitalSourceType>{DIGITAL_SOURCE_TYPE}</Iptc4xmpExt:DigitalSourceType>"
    '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
).encode()
#: The box in which XMP lies in an MP4 file (XMP specification part 3, 1.1.5).
_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")


def add_to_mp4(path: Path) -> None:
    """Behind everything else, so that no offset in the file changes."""
    with path.open("ab") as file:
        file.write((8 + len(_UUID) + len(PACKET)).to_bytes(4, "big") + b"uuid" + _UUID + PACKET)
