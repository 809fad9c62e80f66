"""Draw small charts as inline SVG: no scripts, colours from the style sheet."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

from lakesift.reporting.signals import Spread
from lakesift.reporting.wording import number

_WIDTH: Final = 560.0
_HEIGHT: Final = 260.0
_LEFT: Final = 62.0
_RIGHT: Final = 14.0
_TOP: Final = 28.0
_BOTTOM: Final = 40.0
_STRIP_WIDTH: Final = 150.0
_STRIP_HEIGHT: Final = 20.0
# From this ratio of the ends on, a strip of non-negative values is drawn on a logarithmic scale.
_WIDE_RATIO: Final = 50.0

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Line:
    """One line of a chart; `style` is a CSS class of the page."""

    label: str
    style: str
    points: Points


@dataclass(frozen=True)
class Axis:
    """One axis: its title, its ends in data units, and whether it is logarithmic."""

    title: str
    low: float
    high: float
    logarithmic: bool = False

    def place(self, value: float) -> float:
        """Return where the value lies, 0 at the low end and 1 at the high end."""
        scale: Callable[[float], float] = math.log10 if self.logarithmic else float
        low, high = scale(self.low), scale(self.high)
        return (scale(max(value, self.low)) - low) / (high - low) if high > low else 0.0

    def ticks(self) -> list[float]:
        """Return round values between the ends."""
        if self.logarithmic:
            powers = range(math.ceil(math.log10(self.low)), math.floor(math.log10(self.high)) + 1)
            every = len(powers) // 6 + 1
            return [10.0**power for power in powers][::every]
        span = self.high - self.low
        if span <= 0:
            return [self.low]
        step = 10.0 ** math.floor(math.log10(span / 4))
        step = next(step * factor for factor in (1, 2, 5, 10) if span / (step * factor) <= 5)
        first = math.ceil(self.low / step)
        return [step * at for at in range(first, math.floor(self.high / step) + 1)]


def line_chart(title: str, lines: Sequence[Line], x: Axis, y: Axis) -> Markup:
    """Draw lines over two axes; screen readers read the title."""
    across, up = _WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM

    def at(point: tuple[float, float]) -> str:
        return f"{_LEFT + across * x.place(point[0]):.1f},{_TOP + up * (1 - y.place(point[1])):.1f}"

    parts = [f'<svg class="chart" viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}" role="img"><title>{escape(title)}</title>']
    for value in y.ticks():
        height = _TOP + up * (1 - y.place(value))
        parts.append(f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{height:.1f}" y2="{height:.1f}"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{height + 4:.1f}" text-anchor="end">{_brief(value)}</text>')
    for value in x.ticks():
        where = _LEFT + across * x.place(value)
        parts.append(f'<text x="{where:.1f}" y="{_HEIGHT - _BOTTOM + 16}" text-anchor="middle">{_brief(value)}</text>')
    for line in lines:
        path = " ".join(map(at, line.points))
        parts.append(f'<polyline class="line {escape(line.style)}" points="{path}"/>')
    middle = _LEFT + across / 2
    parts.append(f'<text x="{middle:.0f}" y="{_HEIGHT - 6:.0f}" text-anchor="middle">{escape(x.title)}</text>')
    parts.append(f'<text x="4" y="12">{escape(y.title)}</text></svg>')
    return Markup("".join(parts))


def strip(spread: Spread) -> Markup:
    """Draw a signal's quantiles on one line, and the thresholds across it."""
    low = min(spread.quantiles[0], *spread.thresholds)
    high = max(spread.quantiles[-1], *spread.thresholds)
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return Markup("")
    wide = low >= 0 and high > 1 and high / max(low, 1.0) > _WIDE_RATIO

    def at(value: float) -> float:
        ends = [math.log1p(each) if wide else each for each in (low, value, high)]
        return 2 + (_STRIP_WIDTH - 4) * (ends[1] - ends[0]) / (ends[2] - ends[0])

    _, p5, p25, p50, p75, p95, _ = (at(min(max(value, low), high)) for value in spread.quantiles)
    told = ", ".join(number(value) for value in spread.quantiles)
    tops = ((p5, p95, 8, 4, "thin"), (p25, p75, 5, 10, "thick"))
    boxes = [
        f'<rect class="{style}" x="{start:.1f}" width="{max(end - start, 1):.1f}" y="{top}" height="{height}"/>'
        for start, end, top, height, style in tops
    ]
    ticks = [f'<rect class="median" x="{p50 - 0.75:.1f}" width="1.5" y="5" height="10"/>']
    ticks += [f'<rect class="cut" x="{at(value) - 1:.1f}" width="2" y="0" height="20"/>' for value in spread.thresholds]
    title = escape(f"{spread.column}: 1, 5, 25, 50, 75, 95 and 99 % of the documents are below {told}")
    box = f'<svg class="strip" viewBox="0 0 {_STRIP_WIDTH:.0f} {_STRIP_HEIGHT:.0f}" role="img"><title>{title}</title>'
    return Markup(box + "".join(boxes + ticks) + "</svg>")


def _brief(value: float) -> str:
    for size, unit in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g}{unit}"
    return f"{value:g}"
