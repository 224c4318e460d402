"""How to cite what the page shows, as BibTeX: the software with the address of the view, and the paper."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from ..physics import VERSION

TITLE: Final = "Saddlesurf: an interactive phase diagram of gradient flow in the spiked matrix-tensor model"
AUTHORS: Final = "The Saddlesurf developers"
PAPER: Final = """@inproceedings{SaraoMannelli2019Afraid,
  author    = {Sarao Mannelli, Stefano and Biroli, Giulio and Cammarota, Chiara and Krzakala, Florent
               and Zdeborov{\\'a}, Lenka},
  title     = {Who is Afraid of Big Bad Minima? {A}nalysis of Gradient-Flow in Spiked Matrix-Tensor Models},
  booktitle = {Advances in Neural Information Processing Systems 32},
  year      = {2019},
  eprint    = {1907.08226},
  archivePrefix = {arXiv},
}
"""
LONGEST: Final = 2000  # characters of an address


def bibtex(address: str) -> str:
    """Two entries: the software, with the address at which the view is seen, and the paper whose results it shows.

    Parameters
    ----------
    address : str
        Of the view; what BibTeX or a line would end at is written in percent.
    """
    plain = "".join(map(_plain, address))
    return (
        "@software{Saddlesurf,\n"
        f"  author  = {{{{{AUTHORS}}}}},\n"
        f"  title   = {{{TITLE}}},\n"
        f"  version = {{{VERSION}}},\n"
        f"  url     = {{{plain}}},\n"
        "}\n\n" + PAPER
    )


def _plain(char: str) -> str:
    return char if char.isascii() and char.isprintable() and char not in "{}\\ " else quote(char)
