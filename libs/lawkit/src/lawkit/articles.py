"""How an article is written in Chinese: 社区矫正法 第二十七条第一款."""

_DIGITS = "零一二三四五六七八九"
_UNITS = ((1000, "千"), (100, "百"), (10, "十"))  # not the law's: Chinese numerals
_STATE_PREFIX = "中华人民共和国"


def numeral(number: int) -> str:
    """The whole number 0 <= number < 10000 in Chinese numerals, as statutes write it (十, not 一十)."""
    if not 0 <= number < 10_000:  # not the law's: Chinese numerals
        raise ValueError(f"got {number}, want 0 <= number < 10000")
    written, rest, gap = "", number, False
    for value, unit in _UNITS:
        digit, rest = divmod(rest, value)
        if digit:
            leading_ten = value == 10 and digit == 1 and not written  # not the law's: Chinese numerals
            written += ("零" if gap else "") + ("" if leading_ten else _DIGITS[digit]) + unit
            gap = False
        else:
            gap = bool(written)
    if rest or not written:
        written += ("零" if gap and rest else "") + _DIGITS[rest]
    return written


def short_title(title_zh: str) -> str:
    """The title as articles are cited: without the name of the state."""
    return title_zh.removeprefix(_STATE_PREFIX)


def article_zh(article: int | str | None, *, para: int | None, item: int | None, annex: int | None) -> str:
    """The place inside a text, for example 第三十七条之一第二款第三项; empty when the whole text is meant."""
    if annex is not None:
        return f"附件{numeral(annex)}"
    if article is None:
        return ""
    written = _head(article)
    if para is not None:
        written += f"第{numeral(para)}款"
    if item is not None:
        written += f"第{numeral(item)}项"
    return written


def _head(article: int | str) -> str:
    if isinstance(article, int):
        return f"第{numeral(article)}条"
    main, dash, inserted = article.partition("-")
    if dash and main.isdigit() and inserted.isdigit():
        return f"第{numeral(int(main))}条之{numeral(int(inserted))}"
    first, tilde, last = article.partition("~")
    if tilde and first.isdigit() and last.isdigit():
        return f"第{numeral(int(first))}条至第{numeral(int(last))}条"
    # local policies number their parts 二(一); they are cited as printed
    return article
