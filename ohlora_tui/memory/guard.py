"""Secrets: numbers and words that open something, which no memory and no quote may carry. Pure."""

from __future__ import annotations

import re

_SECRET_VALUE = re.compile(r"(?<!\d)\d{6}\s?-\s?[1-8]\d{6}(?!\d)|(?<!\d)\d{13}(?!\d)|(?<!\d)(?:\d{4}[ -]?){3}\d{1,4}(?!\d)"
                           r"|(?<!\d)\d{2,6}-\d{2,6}-\d{4,8}(?!\d)|\bsk-\w{8,}|\bgh[pousr]_\w{8,}|\bAKIA\w{8,}")  # fmt: skip
SECRET_NAME = re.compile(r"비밀\s?번호|비번|패스워드|password|암호|주민\s?(등록)?\s?번호|카드\s?번호|계좌\s?번호|CVC|CVV|인증\s?번호|여권\s?번호|OTP|\bPIN\b|핀\s?번호|보안\s?코드",
                          re.IGNORECASE)  # fmt: skip
CODE = re.compile(r"(?=\S*\d)[0-9A-Za-z!@#$%^&*_.-]{3,}")


def secret(text: str) -> bool:
    """Whether a text carries a number or word that opens something: 주민등록번호, card, account, password, key."""
    return bool(_SECRET_VALUE.search(text)) or bool(SECRET_NAME.search(text) and CODE.search(text))


def masked(text: str) -> str:
    """The text with such numbers and words starred, for a quote that is kept."""
    text = _SECRET_VALUE.sub("****", text)
    return CODE.sub("****", text) if SECRET_NAME.search(text) else text
