"""A sentence encoder of a few words in ONNX, written by hand: a text's vector is the largest of its tokens' rows of a matrix."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

MARKS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
BERT_WORDS = 30_522
FLOAT, INT64 = 1, 7  # of TensorProto.DataType in onnx/onnx.proto


def varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])


def field(number: int, value: int | str | bytes) -> bytes:
    """One field of a protobuf message: a number, or what has a length."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def value_info(name: str, kind: int, *dimensions: str | int) -> bytes:
    shape = b"".join(field(1, field(1 if isinstance(size, int) else 2, size)) for size in dimensions)
    return field(1, name) + field(2, field(1, field(1, kind) + field(2, shape)))


def write_encoder(folder: Path, words: list[str], rows: NDArray[np.float32]) -> None:
    """Write model.onnx and assets/vocab.txt; `rows` has the vectors of MARKS and then those of the words."""
    (folder / "assets").mkdir(parents=True)
    (folder / "assets" / "vocab.txt").write_text("\n".join([*MARKS, *words]) + "\n")
    # Spark NLP tries a model out on token numbers of BERT's own vocabulary.
    rows = np.concatenate([rows, np.zeros((BERT_WORDS - len(rows), rows.shape[1]), np.float32)])
    tensor = field(1, rows.shape[0]) + field(1, rows.shape[1]) + field(2, FLOAT) + field(8, "rows")
    inputs = [
        field(11, value_info(name, INT64, "texts", "tokens"))
        for name in ("input_ids", "attention_mask", "token_type_ids")
    ]
    over_tokens = field(1, "axes") + field(8, 1) + field(20, 7)
    graph = [
        field(1, field(1, "rows") + field(1, "input_ids") + field(2, "tokens") + field(4, "Gather")),
        field(1, field(1, "tokens") + field(2, "last_hidden_state") + field(4, "ReduceMax") + field(5, over_tokens)),
        field(2, "tiny"),
        field(5, tensor + field(9, rows.astype("<f4").tobytes())),
        *inputs,
        field(12, value_info("last_hidden_state", FLOAT, "texts", 1, rows.shape[1])),
    ]
    model = field(1, 8) + field(7, b"".join(graph)) + field(8, field(1, "") + field(2, 13))
    (folder / "model.onnx").write_bytes(model)
