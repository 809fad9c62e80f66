from __future__ import annotations

from random import Random

import pytest

from lakesift.errors import UsageError
from lakesift.sample.grammar import Grammar, capital, grammars, junk_grammar, labels
from lakesift.sample.settings import SampleSettings

LANGUAGES = tuple(SampleSettings().languages)
FILLED_LATER = "{contact}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_pattern_of_every_subject_expands_without_a_slot_left(language: str) -> None:
    draw = Random(language).random
    for grammar in grammars(language):
        for rule in ("openings", "sentences", "closings", "titles", "subheads", "captions", "contacts", "addresses"):
            for which in range(grammar.size(rule)):
                text = grammar.sentence(rule, draw, which).replace(FILLED_LATER, "x")
                assert text
                assert "{" not in text
                assert "}" not in text
                assert "  " not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_site_finds_its_labels(language: str) -> None:
    assert set(labels(language)) == set(labels("en"))


def test_contact_sentences_keep_the_place_of_the_address() -> None:
    for language in LANGUAGES:
        for grammar in grammars(language):
            for rule in ("contacts", "addresses"):
                assert all(
                    FILLED_LATER in grammar.phrase(rule, Random(1).random, at) for at in range(grammar.size(rule))
                )


def test_agreement_follows_the_forms_and_replacements() -> None:
    grammar = Grammar(
        {"thing": [("apple", "apples")], "adj": [("old",)]},
        {"thing": ["sg", "pl"], "adj": ["only"]},
        {"one": ["a {thing.sg}"], "many": ["two {adj} {thing.pl}"]},
        [[r"\ba (?=a)", "an "]],
        " ",
    )
    assert grammar.phrase("one", Random(1).random) == "an apple"
    assert grammar.sentence("many", Random(1).random) == "Two old apples"


def test_a_slot_without_words_is_an_error_that_names_it() -> None:
    with pytest.raises(UsageError, match="nowhere"):
        Grammar({}, {}, {"one": ["to {nowhere}"]}, [], " ")


def test_a_capital_goes_behind_the_opening_quotation_mark() -> None:
    assert capital("“we know”") == "“We know”"
    assert capital("« non »") == "« Non »"
    assert capital("") == ""


def test_a_swap_changes_one_word_of_the_list_and_nothing_else() -> None:
    grammar = grammars("en")[0]
    text = grammar.swap("month", "It began in May and ended in Maybury.", Random(3).random)
    assert text.startswith("It began in ")
    assert text.endswith(" and ended in Maybury.")
    assert grammar.swap("month", "No name of one here.", Random(3).random) == "No name of one here."


def test_junk_has_words_for_every_kind() -> None:
    grammar, draw = junk_grammar(), Random(1).random
    for rule in ("bad_alts", "offer", "slogan", "teaser", "hashtag", "nonsense", "phone", "pitch", "thin", "code"):
        assert all(isinstance(grammar.phrase(rule, draw, which), str) for which in range(grammar.size(rule)))
