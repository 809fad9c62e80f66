"""Make pairs of an image and its text from the images that pages link to.

Source: facebookresearch/MetaCLIP, metaclip/curation/parse_wat.py, for captions and their clean-up.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import pyarrow as pa
from pydantic import Field
from pyspark.sql import DataFrame

from lakesift.balance.metaclip.images import PairSettings, images_of, pairs_of, rejected_images, with_languages
from lakesift.operators.files import digests
from lakesift.operators.operator import Account, Operator
from lakesift.operators.roles import Measures
from lakesift.operators.table import CRAWL, DOC_ID, Int, String, Table
from lakesift.text.kernels.buffers import buffers_of
from lakesift.text.language.identify import LanguageSettings, identify


class PairStageSettings(PairSettings):
    """Which images become pairs, and how the language of a caption is identified."""

    language: LanguageSettings = Field(
        default=LanguageSettings(), description="How the language of a caption is identified."
    )


def pairs(links: DataFrame, settings: PairStageSettings) -> DataFrame:
    """Make one pair of each image URL and caption, taken from the smallest doc_id that has it.

    Args:
        links: see `metaclip.images.images_of`.
        settings: see `PairStageSettings`.

    Returns:
        See `metaclip.images.pairs_of`, with the language of the caption.
    """
    found = pairs_of(images_of(links, settings))
    return with_languages(found, partial(_identified, settings=settings.language))


def _identified(captions: pa.StringArray, settings: LanguageSettings) -> tuple[pa.StringArray, pa.FloatArray]:
    return identify(buffers_of(captions), settings)


def files(settings: PairStageSettings) -> Mapping[str, str]:
    """Return the digest of the language model."""
    return digests(settings.language.model)


def account(inputs: Mapping[str, DataFrame], output: DataFrame, settings: PairStageSettings) -> Account:
    """Count images: each is a pair, or rejected with a reason."""
    images = images_of(inputs["links"], settings)
    return Account(images, output, rejected_images(images))


OPERATOR = Operator(
    pairs,
    role=Measures(),
    writes=Table(
        "one image and its text",
        {
            "pair_id": String("32 hexadecimal digits of SHA-256 of URL and caption"),
            "doc_id": DOC_ID,
            "crawl": CRAWL,
            "url": String("of the page", null="not known"),
            "image_url": String("absolute"),
            "caption": String("on one line"),
            "caption_source": String("alt or title", null="not known"),
            "width": Int("pixels, as the page says", null="not said"),
            "height": Int("pixels, as the page says", null="not said"),
            "language": String("of the caption", null="not known"),
        },
    ),
    example="- pairs: {captions: [alt, title]}",
    files=files,
    account=account,
)
