"""Answers made smaller for readers who take gzip; the WSGI server does not do it."""

from __future__ import annotations

import gzip

from flask import Flask, Response, request

SMALLEST_BYTES = 1400
"""One network packet: below it nothing is gained."""

SHRINKING = frozenset(
    {
        "text/html", "text/css", "text/javascript", "text/csv", "image/svg+xml",
        "application/json", "application/geo+json", "application/vnd.mapbox-vector-tile",
    }
)  # fmt: skip


def compress_answers(app: Flask) -> None:
    """Compress what shrinks and is long enough; a generated stream passes as it is."""

    @app.after_request
    def squeeze(response: Response) -> Response:
        if response.status_code != 200 or response.mimetype not in SHRINKING or not _is_worth_it(response):
            return response
        response.vary.add("Accept-Encoding")
        if request.accept_encodings.quality("gzip"):
            response.direct_passthrough = False  # a static file, which is small enough to be read whole
            response.set_data(gzip.compress(response.get_data(), 5, mtime=0))
            response.headers["Content-Encoding"] = "gzip"
            if (tag := response.get_etag()[0]) is not None:
                response.set_etag(tag, weak=True)  # the same content in other bytes
        return response


def _is_worth_it(response: Response) -> bool:
    if "Content-Encoding" in response.headers or (response.is_streamed and not response.direct_passthrough):
        return False
    return (response.content_length or response.calculate_content_length() or 0) >= SMALLEST_BYTES
