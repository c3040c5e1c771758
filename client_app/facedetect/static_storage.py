"""How static files are named and stored for serving."""

from typing import Any

import brotli  # type: ignore[import-untyped]
from whitenoise.compress import Compressor  # type: ignore[import-untyped]
from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]


class QuickCompressor(Compressor):  # type: ignore[misc]
    """Brotli at its best makes each start here much longer and files hardly smaller: from 9 on it clears much memory."""

    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        return bytes(brotli.compress(data, quality=8))


class HashedModules(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Names carry a hash of the content, so browsers may keep files for ever and a deployment never mixes versions.

    The page's ES modules import each other by relative path; those imports are rewritten to the hashed names too. The
    files also stay under their plain names, for addresses that no rewriting sees (a worker's script URL, a manifest).
    """

    support_js_module_import_aggregation = True
    # A module's name follows from those it imports, and each pass gets at least one step nearer to the page's own script.
    max_post_process_passes = 20

    def create_compressor(self, **options: Any) -> Compressor:
        return QuickCompressor(**options)
