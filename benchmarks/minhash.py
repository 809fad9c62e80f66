"""MinHash signatures of documents of 600 words on one core: lakesift, datasketch, rensa and Daft."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path

import pyarrow as pa

from benchmarks.document import Section, against, number
from benchmarks.inputs import cut_into_documents, simplified
from benchmarks.peer import Peer
from benchmarks.timing import Timed, compared, timed
from lakesift.text.kernels.buffers import buffers_of
from lakesift.text.kernels.minhash import signatures
from lakesift.text.kernels.minhash_settings import MinHashSettings

WORDS = 600
HOW = """112 hashes of 5-word shingles, documents of 600 words in memory, by one process on one core, after a warm-up; \
processor seconds. lakesift always begins with the raw text, and finds lower case, punctuation, accents and words \
itself. The peers do not: they get the same documents simplified beforehand, as text (for datasketch and rensa shingles \
are then made by Python's `split` and `join`), or even as ready-made shingles.

datasketch: `MinHash.bulk`, scheme affine32. rensa: `RMinHash.digest_matrix_from_token_sets`, one thread; its R-MinHash \
hashes a shingle a few times instead of once per slot, so that its signatures are not those of MinHash. Daft: \
`Series.minhash` with xxhash3_64, one core."""
COMPARED = (
    ("datasketch", "datasketch, its own hash (SHA-1)", "text", 20.0),
    ("datasketch_xxhash", "datasketch, xxHash as lakesift", "text", 20.0),
    ("datasketch_xxhash_shingles", "datasketch, xxHash as lakesift", "ready-made shingles", 20.0),
    ("rensa", "rensa", "text", 3.0),
    ("rensa_shingles", "rensa", "ready-made shingles", 3.0),
    ("daft", "Daft", "text", 1.3),
    ("daft_normalized", "Daft, with its own `normalize`", "text", 1.3),
)
IDENTICAL = "datasketch_xxhash"


def measure(texts: list[str], most: int, rounds: int, folder: Path) -> Section:
    """Compare on documents cut from the texts.

    Args:
        texts: any.
        most: documents at most.
        rounds: pairs of measurements.
        folder: for the peers.
    """
    documents = cut_into_documents(texts, WORDS, most)
    column, settings = pa.array(documents, pa.string()), MinHashSettings()

    def our_pass() -> Timed:
        return timed(lambda: signatures(buffers_of(column), settings))

    ours = hashlib.sha256(b"".join(our_pass().result.to_pylist())).hexdigest()
    rows, identical = [], False
    with Peer("sketches", simplified(documents), folder) as peer:
        for name, title, given, target in COMPARED:
            peer.measure(name)
            found = compared(our_pass, partial(peer.measure, name), rounds)
            identical |= name == IDENTICAL and found.their_result == ours
            rows.append(
                (
                    title,
                    given,
                    f"{number(len(documents) / found.ours)} documents/s",
                    f"{number(len(documents) / found.theirs)} documents/s",
                    f"{number(found.ratio)}x ({found.spread})",
                    against(found.ratio, target),
                )
            )
    told = "are bit for bit" if identical else "ARE NOT"
    how = f"{HOW} lakesift's signatures of these {len(documents):,} documents {told} those of datasketch with xxHash."
    columns = ("peer", "the peer's input", "lakesift", "peer", "ratio", "target")
    return Section("MinHash signatures", how, columns, tuple(rows))
