"""Reads one file in a process of its own: `python -m provenance.reading ISSUER SERIAL < file`, findings as JSON on stdout.

A stranger's file is taken apart by code of many authors. Should it hang, crash or eat memory, only this process goes.
"""

import json
import resource
import sys
from dataclasses import asdict, dataclass
from typing import BinaryIO

from provenance.manifest import Credentials, Unclear, read_credentials
from provenance.metadata import NotReadable, media_type_of, source_type_in_xmp

_MEMORY, _SECONDS = 1 << 30, 20


@dataclass(frozen=True)
class Findings:
    """`fault`: why the file cannot be read; `unclear`: why its content credentials cannot. Empty where there is nothing."""

    media_type: str = ""
    fault: str = ""
    source_type: str = ""
    credentials: Credentials | None = None
    unclear: str = ""


def read(file: BinaryIO, issuer: str, serial_number: int) -> Findings:
    try:
        media_type = media_type_of(file)
        source_type = source_type_in_xmp(file, media_type) or ""
    except NotReadable as error:
        return Findings(fault=str(error))
    try:
        return Findings(media_type, "", source_type, read_credentials(file, media_type, issuer, serial_number))
    except Unclear as error:
        return Findings(media_type, "", source_type, unclear=str(error))


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    issuer, serial_number = sys.argv[1:]
    json.dump(asdict(read(sys.stdin.buffer, issuer, int(serial_number))), sys.stdout)


if __name__ == "__main__":
    main()
