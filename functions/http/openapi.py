"""The API description, a file that `make generate` writes, and the page that shows it in Swagger UI."""

from functools import cache
from pathlib import Path

DESCRIPTION = Path(__file__).with_name("openapi.json")


@cache
def read_description() -> str:
    """Returns the OpenAPI document as JSON."""
    return DESCRIPTION.read_text("utf-8")


@cache
def render_page() -> str:
    """Returns an HTML page with Swagger UI as Powertools ships it. The page fetches nothing."""
    # Only this page needs these modules, and a start would pay for them.
    from importlib import resources

    from aws_lambda_powertools.event_handler.openapi.swagger_ui import generate_swagger_html

    files = resources.files("aws_lambda_powertools.event_handler.openapi.swagger_ui")
    html: str = generate_swagger_html(
        spec=read_description().replace("</", "<\\/"),
        swagger_js=files.joinpath("swagger-ui-bundle.min.js").read_text("utf-8"),
        swagger_css=files.joinpath("swagger-ui.min.css").read_text("utf-8"),
        swagger_base_url="",
        oauth2_config=None,
    )
    return html.replace("<title>Swagger UI</title>", "<title>Airlock</title>", 1)
