"""The command `stop-urls`: blocks every presigned URL and form at once. What has arrived is processed nevertheless."""

from operate.url_switch import UrlSwitch, build_switch_command

COMMAND = build_switch_command(
    "block every presigned URL at once, old and new",
    UrlSwitch(
        are_stopped=True,
        changed="No presigned URL works any more, old or new. `resume-urls` allows them again.",
        unchanged="URLs are stopped already.",
        dry_run="Every presigned URL would stop working.",
    ),
)
