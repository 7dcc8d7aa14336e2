"""The prose of a web page without menus and furniture, by trafilatura (正文).

Only prose: trafilatura drops tables that stand in layout tables, so no number is taken from it.
"""

from __future__ import annotations

import logging

from gipa_pipeline.extract.media.charset import decode, to_the_end

_LONGEST, _MOST_TAGS = 1_500_000, 60_000
"""Bytes and tags; the extractor takes long for more, and the whole text serves."""


def article_of(data: bytes) -> str | None:
    """The article's text, a paragraph a line; None when there is none.

    The bytes are decoded here: given bytes, the extractor believes the label ``gb2312`` and loses
    GBK pages.
    """
    import trafilatura

    # Its warnings about unparsable pages would reach the operator's console without a file name.
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    if len(data) > _LONGEST or data.count(b"<") > _MOST_TAGS:
        return None
    text, _ = decode(data)
    text = to_the_end(text.encode("utf-8", "replace")).decode("utf-8", "replace")
    article: str | None = trafilatura.extract(
        text, include_tables=False, include_comments=False, include_links=False, favor_recall=True
    )
    return article
