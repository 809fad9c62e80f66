"""Language codes of identifiers, as ISO 639-1 where it has the language.

Sources: the ISO 639-3 code table of SIL International (column Part1, individual languages of a macrolanguage included
where identifiers tell them), and the code list of CLD2, internal/generated_language.cc.
"""

from __future__ import annotations

from functools import cache

UNKNOWN = "un"

# ISO 639-3 (every code but the last of a group) and ISO 639-1 (the last).
THREE_LETTERS = (
    "aar aa|abk ab|afr af|aka twi fat ak|amh am|ara arb arz ary acm apc ajp aeb acq ars ar|arg an|asm as|"
    "ava av|ave ae|aym ayr ay|aze azj azb az|bak ba|bam bm|bel be|ben bn|bih bh|bis bi|bod bo|bos bs|"
    "bre br|bul bg|cat ca|ces cs|cha ch|che ce|chu cu|chv cv|cor kw|cos co|cre crk cr|cym cy|dan da|"
    "deu de|div dv|dzo dz|ell el|eng en|epo eo|est ekk et|eus eu|ewe ee|fao fo|fas pes prs fa|fij fj|"
    "fin fi|fra fr|fry fy|ful fuv fuf ff|gla gd|gle ga|glg gl|glv gv|grn gug gn|guj gu|hat ht|hau ha|"
    "hbs sh|heb he|her hz|hin hi|hmo ho|hrv hr|hun hu|hye hy|ibo ig|ido io|iii ii|iku ike iu|ile ie|"
    "ina ia|ind id|ipk esi ik|isl is|ita it|jav jv|jpn ja|kal kl|kan kn|kas ks|kat ka|kau knc kr|"
    "kaz kk|khm km|kik ki|kin rw|kir ky|kom kpv kv|kon kg|kor ko|kua kj|kur kmr ckb ku|lao lo|lat la|"
    "lav lvs lv|lim li|lin ln|lit lt|ltz lb|lub lu|lug lg|mah mh|mal ml|mar mr|mkd mk|mlg plt mg|"
    "mlt mt|mon khk mn|mri mi|msa zsm zlm ms|mya my|nau na|nav nv|nbl nr|nde nd|ndo ng|nep npi ne|"
    "nld nl|nno nn|nob nor nb|nya ny|oci oc|oji oj|ori ory or|orm gaz om|oss os|pan pa|pli pi|pol pl|"
    "por pt|pus pbt ps|que quy quz qu|roh rm|ron ro|run rn|rus ru|sag sg|san sa|sin si|slk sk|slv sl|"
    "sme se|smo sm|sna sn|snd sd|som so|sot st|spa es|sqi als sq|srd sc|srp sr|ssw ss|sun su|"
    "swa swh sw|swe sv|tah ty|tam ta|tat tt|tel te|tgk tg|tgl fil tl|tha th|tir ti|ton to|tsn tn|"
    "tso ts|tuk tk|tur tr|uig ug|ukr uk|urd ur|uzb uzn uz|ven ve|vie vi|vol vo|wln wa|wol wo|xho xh|"
    "yid ydd yi|yor yo|zha za|zho cmn yue wuu zh|zul zu"
)
# Older codes, codes of a macrolanguage for one of its languages, and codes for no language.
OTHERS = {"iw": "he", "jw": "jv", "in": "id", "ji": "yi", "mo": "ro", "no": "nb", "und": UNKNOWN, "xxx": UNKNOWN}
# CLD2 has codes for scripts ("xx-Goth") and for jokes ("zzp", pig Latin).
NO_LANGUAGE = ("xx-", "zz")


@cache
def language_code(label: str) -> str:
    """Return the code of an identifier's label, `un` for no language.

    The code is ISO 639-1 where there is one, else the label's own. Scripts and countries are left out: `zh-Hant` is
    `zh`, GlotLID's `__label__eng_Latn` is `en`.
    """
    if label.startswith(NO_LANGUAGE):
        return UNKNOWN
    code = label.removeprefix("__label__").replace("_", "-").split("-")[0].lower()
    return OTHERS.get(code) or three_letters().get(code, code)


@cache
def three_letters() -> dict[str, str]:
    """Return the ISO 639-1 codes by their ISO 639-3 code."""
    groups = (group.split() for group in THREE_LETTERS.split("|"))
    return {code: short for *codes, short in groups for code in codes}
