"""How much of a sentence is served on a day, from its length and its last day. 刑法 第四十七条; 法释〔2016〕23号 第六条."""

from datetime import date, timedelta

from lawkit.counting import add_months


def months_served(sentence_months: int, end: date, on: date) -> int:
    """Whole months from the first day of the sentence through the day; custody that was offset counts as served.

    Time that does not count has moved the end and so is not served. Never negative, never over the sentence.
    """
    after = end + timedelta(days=1)
    begin = add_months(after, -sentence_months)
    served = 0
    while served < sentence_months and add_months(begin, served + 1) <= on + timedelta(days=1):
        served += 1
    return served
