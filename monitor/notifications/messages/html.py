"""HTML of a message for mail programs: tables, inline styles, everything escaped, nothing fetched from anywhere."""

from __future__ import annotations

from html import escape

from monitor.notifications.messages.paragraphs import Paragraphs

FONT = "font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif"
COLOURS = {"critical": "#b42318", "warning": "#93560a", "recovered": "#1a6b3c", "calm again": "#1a6b3c"}
OTHER_COLOUR = "#3a4a5c"
MUTED = "color:#5b6675"


def page(subject: str, parts: Paragraphs, link: str, has_chart: bool = False) -> str:
    """A whole document; the chart is taken from cid:chart. `link` must be absolute, "" leaves the button out."""
    body = [
        _box(parts.drill, "background:#fff4d6;color:#5c4300;padding:8px 12px;border-radius:4px"),
        _heading(subject),
        _box(parts.happened),
        _box(parts.explanation, "font-size:16px;font-weight:600"),
        _chart(subject) if has_chart else "",
        _list("Who was busy" if parts.is_over else "Who is busy", parts.culprits),
        _list("Who waited" if parts.is_over else "Who waits", parts.waiting),
        _box(f"Pressure: {parts.pressure}." if parts.pressure else ""),
        _box(parts.advice, "font-weight:600"),
        _box(f"Note: {parts.note}" if parts.note else ""),
        _button(link),
        _table(parts.numbers),
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(subject)}</title></head>"
        f'<body style="margin:0;padding:0;background:#ffffff"><div style="{FONT};max-width:640px;margin:0 auto;'
        f'padding:20px 16px;font-size:15px;line-height:1.5;color:#1c2430;word-break:break-word">'
        f"{''.join(body)}</div></body></html>"
    )


def _colour(subject: str) -> str:
    return next((colour for word, colour in COLOURS.items() if f"[{word}]" in subject), OTHER_COLOUR)


def _heading(text: str) -> str:
    style = f"{FONT};font-size:18px;line-height:1.35;margin:0 0 12px;color:{_colour(text)}"
    return f'<h1 style="{style}">{escape(text)}</h1>'


def _box(text: str, style: str = "") -> str:
    return f'<p style="margin:0 0 12px;{style}">{escape(text)}</p>' if text else ""


def _list(title: str, rows: tuple[str, ...]) -> str:
    if not rows:
        return ""
    items = "".join(f'<li style="margin:0 0 2px">{escape(row)}</li>' for row in rows)
    return f'<p style="margin:0 0 4px;font-weight:600">{title}</p><ul style="margin:0 0 12px;padding-left:20px">{items}</ul>'


def _chart(subject: str) -> str:
    style = "display:block;width:100%;max-width:600px;height:auto;margin:0 0 12px;border:0"
    return f'<img src="cid:chart" width="600" alt="Chart: {escape(subject)}" style="{style}">'


def _button(link: str) -> str:
    if not link.startswith(("http://", "https://")):
        return ""
    style = "display:inline-block;background:#1f5fbf;color:#ffffff;padding:9px 16px;border-radius:4px;text-decoration:none"
    return f'<p style="margin:0 0 16px"><a href="{escape(link)}" style="{style}">Open the alert</a></p>'


def _table(rows: tuple[tuple[str, str], ...]) -> str:
    if not rows:
        return ""
    cells = "".join(
        f'<tr><td style="padding:2px 16px 2px 0;{MUTED};vertical-align:top">{escape(name)}</td>'
        f'<td style="padding:2px 0">{escape(value)}</td></tr>'
        for name, value in rows
    )
    style = f"{FONT};font-size:13px;border-collapse:collapse"
    return f'<table role="presentation" cellpadding="0" cellspacing="0" style="{style}">{cells}</table>'
