"""The picture of a job's timeline: a PNG that is readable in Slack's light and dark themes, and on a phone.

It has a ground of its own, because Slack shows transparent pixels on white in one theme and on black in the
other. States differ in shape and words too, not only in color.
"""

from functools import cache
from importlib import resources
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from bot.domain.timeline import Bar, Timeline
from bot.language import t
from bot.views import wording
from bot.views.timeline_words import activity_name, timeline_note

WIDTH = 960
"""Pixels. Slack shows an image block about 360 points wide on a phone, where this is still sharp."""

_ROW = 34
_NAMES = 300
_RIGHT = 110
_TOP = 78
_BOTTOM = 24
_GROUND = "#f7f7f8"
_INK = "#1d1c1d"
_GRAY = "#616061"
_GRID = "#dcdcde"
_WAITED = "#b9bcc4"
_STATES = {"DONE": "#2f8f5b", "FAILED": "#d1293d", "ABORTED": "#8a6d1d"}
_OTHER = "#3b6fb6"
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400)
_MOST_STEPS = 6


def timeline_png(drawn: Timeline) -> bytes:
    """Draw a timeline; return the PNG."""
    rows = len(drawn.bars)
    note = timeline_note(drawn)
    height = _TOP + rows * _ROW + _BOTTOM + (24 if note else 0)
    image = Image.new("RGB", (WIDTH, height), _GROUND)
    draw = ImageDraw.Draw(image)
    _legend(draw, drawn)
    _axis(draw, drawn.seconds, _TOP + rows * _ROW)
    for number, bar in enumerate(drawn.bars):
        _draw_bar(draw, bar, drawn.seconds, _TOP + number * _ROW)
    if note:
        draw.text((16, height - 32), note, fill=_GRAY, font=_font(17))
    content = BytesIO()
    image.quantize(64).save(content, "PNG", optimize=False)
    return content.getvalue()


def _legend(draw: ImageDraw.ImageDraw, drawn: Timeline) -> None:
    at = 16
    entries = [(t("waiting"), _WAITED)] if any(bar.ran_from > bar.waited_from for bar in drawn.bars) else []
    states = dict.fromkeys(bar.state for bar in drawn.bars)
    entries += [(_state_words(state), _STATES.get(state, _OTHER)) for state in states]
    for words, color in entries[:6]:
        draw.rectangle((at, 18, at + 18, 36), fill=color)
        draw.text((at + 26, 16), words, fill=_INK, font=_font(19))
        at += 56 + round(draw.textlength(words, font=_font(19)))


def _state_words(state: str) -> str:
    return t("ran") if state == "DONE" else wording.state_of(state).words.lower().strip("`")[:24]


def _axis(draw: ImageDraw.ImageDraw, seconds: float, bottom: int) -> None:
    step = next((one for one in _STEPS if seconds / one <= _MOST_STEPS), seconds / _MOST_STEPS)
    mark = 0.0
    while mark <= seconds:
        x = _x(mark, seconds)
        draw.line((x, _TOP - 6, x, bottom), fill=_GRID)
        words = wording.duration(mark) if mark else "0"
        room = draw.textlength(words, font=_font(16)) / 2
        draw.text((min(x - room, WIDTH - 2 * room - 8), _TOP - 28), words, fill=_GRAY, font=_font(16))
        mark += step


def _draw_bar(draw: ImageDraw.ImageDraw, bar: Bar, seconds: float, top: int) -> None:
    draw.text((16, top + 5), _fitting(draw, activity_name(bar.name, 60)), fill=_INK, font=_font(18))
    waited, ran, end = (_x(at, seconds) for at in (bar.waited_from, bar.ran_from, bar.ended))
    middle = top + _ROW // 2
    if ran > waited:
        draw.rectangle((waited, middle - 3, ran, middle + 3), fill=_WAITED)
    end = max(end, ran + 3)
    draw.rectangle((ran, top + 6, end, top + _ROW - 6), fill=_STATES.get(bar.state, _OTHER))
    if bar.state == "FAILED":  # a cross, for those who don't see the color
        draw.line((ran, top + 6, end, top + _ROW - 6), fill="white", width=2)
        draw.line((ran, top + _ROW - 6, end, top + 6), fill="white", width=2)
    draw.text((end + 8, top + 6), wording.duration(bar.ran), fill=_GRAY, font=_font(16))


def _x(at: float, seconds: float) -> float:
    return _NAMES + (WIDTH - _NAMES - _RIGHT) * at / seconds


def _fitting(draw: ImageDraw.ImageDraw, text: str) -> str:
    """Return a name in the room that it has; what makes names differ is often at their end."""
    font, room = _font(18), _NAMES - 32
    if draw.textlength(text, font=font) <= room:
        return text
    for kept in range(len(text) - 1, 1, -1):
        start = kept // 2
        shorter = f"{text[:start]}…{text[len(text) - (kept - start) :]}"
        if draw.textlength(shorter, font=font) <= room:
            return shorter
    return "…"


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    """Return our own font: the one inside of Pillow has no accents, and a container has no fonts."""
    font = resources.files(__package__).joinpath("font", "DejaVuSansCondensed.ttf")
    return ImageFont.truetype(BytesIO(font.read_bytes()), size)
