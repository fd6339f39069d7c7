"""The welcome page: one thing to do, and what a file may contain."""

from __future__ import annotations

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import formatting
from dashapp.components.drop_zone import drop_zone
from dashapp.ledger.ledger import Item

# The session's older files can still be opened by URL.
OTHERS_SHOWN = 8

CLASSIC_COLUMNS = (
    ("Customer ID", "identifier", "10001"),
    ("Age", "number", "34"),
    ("Gender", "category", "Female"),
    ("City", "category", "Chicago"),
    ("Membership Type", "Gold, Silver or Bronze", "Gold"),
    ("Total Spend", "amount", "780.50"),
    ("Items Purchased", "number", "11"),
    ("Average Rating", "1.0 to 5.0", "4.1"),
    ("Days Since Last Purchase", "number", "18"),
    ("Satisfaction Level", "Satisfied, Neutral or Unsatisfied", "Neutral"),
    ("Discount Applied", "yes or no", "FALSE"),
)


def welcome(sample_id: str, limit_mb: int, more: Component | None = None) -> Component:
    """Return the welcome page.

    Parameters
    ----------
    more
        Another way to bring data, shown below the upload.
    """
    return html.Div(
        [
            html.Section(
                [
                    html.Div(
                        [
                            html.P("Customer segmentation", className="eyebrow"),
                            html.H1("Know which customers belong together"),
                            html.P(
                                "Upload your customer list. In a few minutes you have segments "
                                "that you can name, trust, explain and act on.",
                                className="lead",
                            ),
                            html.Ol(
                                [
                                    html.Li("See exactly what was read, and what was not"),
                                    html.Li("Find segments, with the evidence for each"),
                                    html.Li("Export customers, predict new ones"),
                                ],
                                className="hero-points",
                            ),
                        ],
                        className="hero-text",
                    ),
                    upload_panel(sample_id, limit_mb),
                ],
                className="hero",
            ),
            more,
            html.Section(
                [
                    html.H2("What your file may contain"),
                    html.P(
                        "These are the columns of the classic customer table. None is required, "
                        "other columns work as well, and names need not match."
                    ),
                    html.Ul([_column(*each) for each in CLASSIC_COLUMNS], className="column-list"),
                ],
                className="card-soft",
            ),
        ],
        className="stack",
    )


def _column(name: str, content: str, example: str) -> Component:
    return html.Li(
        [html.Strong(name), html.Span(content), html.Code(example, title=f"For example {example}")]
    )


def upload_panel(sample_id: str, limit_mb: int) -> Component:
    """Return the drop zone with its two shortcuts."""
    return html.Div(
        [
            drop_zone(
                "dataset",
                "Drop your customer list here",
                f"CSV, TSV, TXT, XLSX or Parquet · up to {limit_mb:,} MB",
                limit_mb=limit_mb,
            ),
            html.Div(
                [
                    html.Button(
                        "Try it with sample customers",
                        id=sample_id,
                        className="btn btn-secondary",
                    ),
                    html.A(
                        "Download a template",
                        href="/download/template.csv",
                        className="btn btn-quiet",
                    ),
                ],
                className="button-row",
            ),
        ],
        className="hero-action",
    )


def other_data(
    sample_id: str,
    limit_mb: int,
    others: Sequence[Item] = (),
    more: Component | None = None,
) -> Component:
    """Return a collapsed drop zone, other data sources, and the session's other files."""
    links = [
        html.Li(
            [
                dcc.Link(item.name, href=f"/?data={item.id}"),
                html.Span(f"{formatting.number(item.info['rows'])} rows"),
            ]
        )
        for item in others[:OTHERS_SHOWN]
    ]
    known = html.Div([html.H3("Your other files"), html.Ul(links, className="file-links")])
    return html.Details(
        [
            html.Summary("Use other data", className="btn btn-secondary"),
            html.Div([upload_panel(sample_id, limit_mb), more, known if links else None],
                     className="popover-card"),
        ],
        className="details-popover needs-change",
    )  # fmt: skip
