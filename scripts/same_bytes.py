"""Office files that come out the same, byte for byte, whenever they are built."""

import io
import re
import zipfile
from datetime import datetime

FIXED = datetime(2024, 1, 2, 8, 0, 0)


def with_fixed_dates(content: bytes) -> bytes:
    """Pack an office file again: members in order, one date on each and in its properties."""
    stamp = FIXED.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    stream = io.BytesIO()
    source = zipfile.ZipFile(io.BytesIO(content))
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for member in sorted(source.namelist()):
            data = source.read(member)
            if member == "docProps/core.xml":  # the moment of saving stands here
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, data)
            entry = zipfile.ZipInfo(member, FIXED.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            target.writestr(entry, data)
    return stream.getvalue()
