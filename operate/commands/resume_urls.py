"""The command `resume-urls`: allows presigned URLs again."""

from operate.url_switch import UrlSwitch, build_switch_command

COMMAND = build_switch_command(
    "allow presigned URLs again after `stop-urls`",
    UrlSwitch(
        are_stopped=False,
        changed="Presigned URLs work again, as far as they have not expired.",
        unchanged="URLs are not stopped.",
        dry_run="Presigned URLs would work again.",
    ),
)
