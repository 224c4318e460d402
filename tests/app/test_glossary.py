"""The glossary: each word once, each picture explained."""

from __future__ import annotations

from app.callbacks.theory import theory_page
from app.cards import DECK
from app.page.glossary import ABOUT, TERMS, specification


def test_every_view_of_every_picture_is_explained() -> None:
    for name, card in DECK.catalogue.cards.items():
        if not card.has_picture:
            assert name not in ABOUT
            continue
        chosen = card.look is not None and not card.look.many
        views = {view.name for view in card.look.views} if chosen and card.look else {name}
        assert set(ABOUT[name]) == views
        for about in ABOUT[name].values():
            assert about.axes.startswith("Across: ")
            assert "Upwards: " in about.axes
            assert about.notice.endswith((".", "?"))


def test_a_form_names_one_term_and_every_term_has_one() -> None:
    forms = [form for term in TERMS for form in term.forms]
    assert len(forms) == len(set(forms)) == len(specification()["forms"])
    assert all(term.forms and term.meaning.endswith(".") for term in TERMS)
    assert len({term.name for term in TERMS}) == len(TERMS)


def test_what_must_be_told_is_told() -> None:
    """The words by which a first visitor stumbles."""
    forms = specification()["forms"]
    for word in (
        "overlap",
        "annealed",
        "BBP",
        "ageing",
        "threshold states",
        "trivialization",
        "outlier",
        "equator",
    ):
        assert word in forms


def test_the_theory_has_all_of_it_on_a_page() -> None:
    page = theory_page("glossary")
    told = [part.children for part in page.children]
    assert told == [text for term in TERMS for text in (term.name, term.meaning)]
