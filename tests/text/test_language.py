"""Language identification: accuracy on labelled texts, and texts that CLD2 refuses."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pycld2
import pytest
from pydantic import ValidationError

from lakesift.errors import SetupError
from lakesift.text.kernels.buffers import buffers_of
from lakesift.text.language.codes import language_code
from lakesift.text.language.identify import (
    DocumentLanguageSettings,
    LanguageSettings,
    identify,
    identify_also,
    shares_of,
)

ENGLISH = "This is a sentence in English, which the identifier should have no trouble to recognise."
GERMAN = "Dies ist ein deutscher Satz, den das Programm ohne weiteres erkennen sollte."


def languages_of(texts: list[str], settings: LanguageSettings) -> list[str]:
    return identify(buffers_of(pa.array(texts, pa.string())), settings)[0].to_pylist()


def labelled(folder: Path, sentences: int) -> list[tuple[str, str]]:
    found = []
    for file in sorted(folder.glob("*.txt")):
        lines = [line for line in file.read_text().splitlines() if line.strip()]
        for first in range(0, len(lines) - sentences + 1, sentences):
            found.append((file.stem, "\n".join(lines[first : first + sentences])))
    return found


@pytest.mark.parametrize(("sentences", "least"), [(1, 0.950), (5, 0.975)])
def test_cld2_finds_the_language_of_texts_in_75_languages(shared_data: Path, sentences: int, least: float) -> None:
    texts = labelled(shared_data / "languages", sentences)
    found = languages_of([text for _, text in texts], LanguageSettings())
    right = sum(language == code for (language, _), code in zip(texts, found, strict=True))
    assert len(texts) > 14_000 // sentences
    assert right / len(texts) >= least


@pytest.mark.parametrize("identifier", ["pycld2", "py3langid"])
def test_scores_are_between_0_and_1_and_nothing_is_read_from_nothing(identifier: str) -> None:
    settings = LanguageSettings(identifier=identifier)
    codes, scores = identify(buffers_of(pa.array([ENGLISH, GERMAN, "", " \n", "12 34"])), settings)
    assert codes.to_pylist()[:4] == ["en", "de", "un", "un"]
    assert all(score > 0.9 for score in scores.to_pylist()[:2])
    assert scores.to_pylist()[2:4] == [0.0, 0.0]
    assert codes.type == pa.string()
    assert scores.type == pa.float32()


def test_the_score_of_cld2_is_the_share_of_the_text_in_the_language() -> None:
    _, scores = identify(buffers_of(pa.array([f"{ENGLISH} {GERMAN}" * 3])), LanguageSettings())
    assert 0.4 < scores.to_pylist()[0] < 0.7


@pytest.mark.parametrize(
    "broken",
    ["\x00\x0b\x1f", "\x7f\x80\x9f", "\ufdd0\ufdef", "\ufffe\uffff", "\U0001fffe\U0010ffff", "\ufffd\u200b\u00a0"],
)
def test_characters_that_cld2_refuses_do_not_hide_the_language(broken: str) -> None:
    assert languages_of([broken + ENGLISH + broken], LanguageSettings()) == ["en"]


@pytest.mark.parametrize(
    "broken", [b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xe0\x80\x80", b"\xf0\x80\x80\x80", b"\xf4\x90\x80\x80"]
)
def test_invalid_utf8_does_not_hide_the_language(broken: bytes) -> None:
    text = broken + ENGLISH.encode() + broken
    with pytest.raises(pycld2.error):
        pycld2.detect(text)
    array = pa.StringArray.from_buffers(1, pa.array([0, len(text)], pa.int32()).buffers()[1], pa.py_buffer(text))
    assert identify(buffers_of(array), LanguageSettings())[0].to_pylist() == ["en"]


def test_every_character_that_stays_is_accepted_by_cld2() -> None:
    every = "".join(chr(point) for point in range(0x110000) if not 0xD800 <= point < 0xE000)
    assert len(languages_of([every], LanguageSettings(bytes_read=10**8))) == 1


def test_only_the_first_bytes_are_read_and_no_character_is_cut() -> None:
    texts = [ENGLISH * 50 + GERMAN * 500, "é" * 40 + GERMAN * 100, "日" * 30 + "x"]
    assert languages_of(texts, LanguageSettings(bytes_read=79))[0] == "en"
    assert languages_of(texts, LanguageSettings(bytes_read=100_000))[0] == "de"
    # 64 bytes end inside the 22nd character.
    assert len(languages_of(texts, LanguageSettings(bytes_read=64))) == 3


@pytest.mark.parametrize(
    ("label", "code"),
    [
        *(
            ("iw", "he"),
            ("no", "nb"),
            ("zh-Hant", "zh"),
            ("sr-ME", "sr"),
            ("ceb", "ceb"),
            ("xx-Goth", "un"),
            ("zzp", "un"),
        ),
        *(
            ("__label__de", "de"),
            ("__label__eng_Latn", "en"),
            ("cmn_Hani", "zh"),
            ("arz_Arab", "ar"),
            ("gsw_Latn", "gsw"),
        ),
    ],
)
def test_codes_are_iso_639_1_where_it_has_one(label: str, code: str) -> None:
    assert language_code(label) == code


def test_a_fasttext_model_is_applied_from_its_path(tmp_path: Path) -> None:
    fasttext = pytest.importorskip("fasttext")
    examples = tmp_path / "examples.txt"
    examples.write_text(f"__label__eng_Latn {ENGLISH}\n__label__deu_Latn {GERMAN}\n" * 200)
    # Character n-grams make the matrix large: fastText's training reads memory it never set, which shows in small ones.
    model = fasttext.train_supervised(str(examples), epoch=20, minn=2, maxn=3, bucket=200_000, thread=1, verbose=0)
    model.save_model(str(tmp_path / "model.bin"))
    settings = LanguageSettings(identifier="fasttext", model=tmp_path / "model.bin")
    codes, scores = identify(buffers_of(pa.array([ENGLISH, f"</s>\n{GERMAN}", ""])), settings)
    assert codes.to_pylist() == ["en", "de", "un"]
    assert all(0.5 < score <= 1 for score in scores.to_pylist()[:2])


def test_a_model_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"missing\.bin"):
        languages_of([ENGLISH], LanguageSettings(identifier="fasttext", model=tmp_path / "missing.bin"))
    (tmp_path / "other.bin").write_bytes(b"not a model")
    with pytest.raises(SetupError, match="not a fastText model"):
        languages_of([ENGLISH], LanguageSettings(identifier="fasttext", model=tmp_path / "other.bin"))


def test_fasttext_and_a_model_go_together() -> None:
    with pytest.raises(ValidationError, match="go together"):
        LanguageSettings(identifier="fasttext")
    with pytest.raises(ValidationError, match="go together"):
        LanguageSettings(model=Path("lid.176.bin"))


def test_identifiers_are_kept_side_by_side_each_with_its_own_answer() -> None:
    texts = buffers_of(pa.array([ENGLISH, GERMAN, ""]))
    also = ["py3langid", {"identifier": "pycld2", "bytes_read": 64, "name": "cld2_head"}]
    settings = DocumentLanguageSettings.model_validate({"also": also})
    found = identify_also(texts, settings)
    assert [field.name for field in found.type] == ["py3langid", "cld2_head"]
    for field, alone in (
        ("py3langid", LanguageSettings(identifier="py3langid")),
        ("cld2_head", LanguageSettings(bytes_read=64)),
    ):
        codes, scores = identify(texts, alone)
        assert found.field(field).field("language").equals(codes)
        assert found.field(field).field("score").equals(scores)


def test_two_identifiers_of_one_name_are_refused() -> None:
    with pytest.raises(ValidationError, match="pycld2 more than once in also"):
        DocumentLanguageSettings.model_validate({"also": ["pycld2", "pycld2"]})
    with pytest.raises(ValidationError, match="go together"):
        DocumentLanguageSettings.model_validate({"also": ["fasttext"]})
    with pytest.raises(ValidationError, match="shares more than once in also"):
        DocumentLanguageSettings.model_validate({"also": [{"name": "shares"}]})


def test_shares_are_those_of_the_bytes_of_each_language(shared_data: Path) -> None:
    parts = {}
    for code, count in (("en", 8), ("el", 3)):
        lines = (shared_data / "languages" / f"{code}.txt").read_text(encoding="utf-8").splitlines()
        parts[code] = "\n".join([line for line in lines if len(line) > 60][:count])
    texts = buffers_of(pa.array(["\n".join(parts.values()), "", parts["el"]]))
    mixed, nothing, greek = (dict(each) for each in shares_of(texts, 10_000).to_pylist())
    bytes_of = {code: len(part.encode()) for code, part in parts.items()}
    # A third language is a stretch of a sentence that CLD2 takes for it.
    assert sorted(list(mixed)[:2]) == ["el", "en"]
    assert all(mixed[code] == pytest.approx(size / sum(bytes_of.values()), abs=0.06) for code, size in bytes_of.items())
    assert 0.9 < sum(mixed.values()) <= 1.001
    assert nothing == {}
    assert greek["el"] > 0.9
    assert shares_of(texts, 64).to_pylist()[0][0][0] == "en"
