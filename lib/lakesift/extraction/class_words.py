"""Groups of words that authors put into `class`, `id` and `role`.

Each group is a bit of `ELEMENT.words`.

They have the words that readability (mozilla/readability, Readability.js, REGEXPS), trafilatura (xpaths.py) and the
ARIA landmarks look for, by purpose, so that the model weighs each purpose by itself. A word is a run of letters; a
capital after a small letter begins a new one. Two words side by side between white space are looked for as one, too, so
that "articlebody" matches "article-body" and "articleBody", too; a full stop marks a word that must be alone.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from lakesift.text.kernels.bytes import hash_of, insert_key


def _pairs(before: str, behind: str) -> str:
    return " ".join(first + second for first in before.split() for second in behind.split())


_TEXT: Final = "body bodycopy contenido content contenu copy entry inhalt inner text texte texto"

GROUPS: Final = {
    "content": "article articlebody articletext body content contents contenido contenu copy entry entrycontent inhalt "
    "main maincontent post postbody postcontent postentry richtext story storybody text texte texto wysiwyg",
    "prose": "articlebody articletext articlecontent paragraph prose richtext storybody storycontent entrycontent "
    "postcontent bodytext fulltext chapter markdown wikitext",
    "navigation": "nav navigation navbar menu submenu megamenu topnav subnav navi navegacion breadcrumb breadcrumbs "
    "crumb crumbs pagination pager paging tabs tab sitemap skip skiplink topbar toolbar directory",
    "footer": "footer foot bottom colophon copyright legal imprint impressum siteinfo contentinfo",
    "header": "header head masthead banner logo branding top topper site masthead sitename",
    "headline": "headline title titel titulo titre heading subtitle subheadline kicker dek standfirst teaser lead lede "
    "intro summary excerpt abstract deck",
    "sidebar": "sidebar aside side rail column col right left widget widgets complementary secondary sidecol rightcol",
    "related": "related recommended recommendation recommendations more similar relacionadas relacionados verwandt"
    " popular trending mostread mostpopular latest recent also next previous prev readmore outbrain taboola zergnet"
    " promo promoted teasers carousel slider swiper feed stream list listing items grid cards card tease"
    " newsletterpromo",
    "social": "share sharing shares social sns facebook twitter whatsapp pinterest linkedin reddit instagram addthis"
    " sharethis addtoany shariff jetpack sharedaddy like likes follow followers vote votes rating ratings",
    "comment": "comment comments commentary disqus reply replies respond response responses discussion livefyre thread"
    " kommentar kommentare comentarios commentaires commentlist commenter",
    "author": "author authors byline bylines by writer autor auteur contributor contributors bio avatar profile vcard",
    "meta": "meta date time timestamp datetime published posted updated info infos details data entrymeta postmeta "
    "views readtime minutes dateline publish",
    "tags": "tag tags tagcloud category categories topic topics keyword keywords label labels section taxonomy channel",
    "advertising": "ad ads adv advert advertisement advertising advertorial adsense banner banners sponsor sponsored"
    " sponsors dfp gpt adslot adwrapper werbung anzeige publicidad publicite pub affiliate promotion paid commercial",
    "sign_up": "login signin signup register registration subscribe subscription subscriptions newsletter newsletters "
    "paywall account membership donate email mailing optin regwall offer piano",
    "notice": "cookie cookies consent gdpr privacy popup modal overlay lightbox dialog notice alert alertbar disclaimer"
    " message messages warning interstitial toast banner bar",
    "media": "gallery image images img photo photos picture video videos player media figure thumbnail thumb slideshow"
    " embed audio podcast iframe youtube",
    "caption": "caption captions credit credits copyright wp figcaption legend source",
    "form": "form search searchform searchbox input select button buttons btn cta field fieldset dropdown filter "
    "filters control controls submit",
    "hidden": "hidden hide visuallyhidden sr screenreader offscreen invisible print noprint printonly accessibility"
    " assistive collapse collapsed",
    "quote": "quote quotes blockquote pullquote pull tweet tweets citation cite",
    "box": "box factbox infobox callout inset note sidenote highlight keypoints embed module block panel",
    "hyper": "link links url hyperlink anchor",
    "main_role": "main mainbody maincol primary",
    "toc": "toc contents tableofcontents index outline",
    "references": "references reference footnotes footnote reflist citations bibliography notes sources editsection",
    "shop": "price product products cart shop shopping basket buy wishlist sku order checkout rating",
    "calendar": "calendar archive archives events event month schedule",
    "article_text": _pairs(
        "article art artikel beitrag blog entry news post story",
        _TEXT,
    ),
    "page_text": _pairs(
        "body field main page richtext section single theme",
        _TEXT,
    )
    + " fulltext content. entry. post. story. text.",
}


WORD_SLOTS: Final = 2048


def _table() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    keys, groups = np.zeros(WORD_SLOTS, np.uint64), np.zeros(WORD_SLOTS, np.uint64)
    for bit, words in enumerate(GROUPS.values()):
        for word in words.split():
            groups[insert_key(keys, hash_of(word))] |= np.uint64(1 << bit)
    return keys, groups


WORD_KEYS, WORD_GROUPS = _table()
