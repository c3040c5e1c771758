"""What programs read: the IPTC digital source type, in a JPEG's XMP.

The terms are those of http://cv.iptc.org/newscodes/digitalsourcetype/, the property is Iptc4xmpExt:DigitalSourceType of the
IPTC Photo Metadata Standard.
"""

_SCHEME = "http://cv.iptc.org/newscodes/digitalsourcetype/"
#: A trained model's output composited with what a camera took: a swapped frame.
SWAPPED = f"{_SCHEME}compositeWithTrainedAlgorithmicMedia"
#: "Algorithmically-altered media": a camera's picture that a program blurred, nothing in it made up.
ALTERED = f"{_SCHEME}algorithmicallyEnhanced"
#: "Pure algorithmic media": a card that a program drew, nothing in it from a camera.
DRAWN = f"{_SCHEME}algorithmicMedia"

_XMP_HEADER = b"http://ns.adobe.com/xap/1.0/\x00"
_START_OF_IMAGE, _APP0, _APP1 = b"\xff\xd8", b"\xff\xe0", b"\xff\xe1"


def tag_jpeg(jpeg: bytes, source_type: str) -> bytes:
    """The JPEG, which has no XMP yet, with its source type, behind the JFIF header where there is one."""
    at = len(_START_OF_IMAGE)
    if jpeg[at : at + 2] == _APP0:
        at += 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
    return jpeg[:at] + _SEGMENTS[source_type] + jpeg[at:]


def _segment(source_type: str) -> bytes:
    xmp = (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">'
        f"<Iptc4xmpExt:DigitalSourceType>{source_type}</Iptc4xmpExt:DigitalSourceType>"
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    )
    payload = _XMP_HEADER + xmp.encode()
    return _APP1 + (len(payload) + 2).to_bytes(2, "big") + payload


_SEGMENTS = {source_type: _segment(source_type) for source_type in (SWAPPED, ALTERED, DRAWN)}
