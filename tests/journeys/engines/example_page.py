"""Page object of the example page for a signed-in user, in any engine. It finds elements by their visible text and role."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.journeys.engines.tab import Tab
from tests.journeys.wait import wait_until

_FIND_BUTTON = """(name) => {
  const isVisible = (element) => element.checkVisibility();
  const getText = (element) => {
    const copy = element.cloneNode(true);
    copy.querySelectorAll("[aria-hidden=true]").forEach((part) => part.remove());
    return copy.textContent.trim().replace(/\\s+/g, " ");
  };
  const getName = (element) => element.ariaLabel ?? getText(element);
  return [...document.querySelectorAll("button")].find((one) => isVisible(one) && getName(one) === name);
}"""
_HAS_BUTTON = f"(name) => ({_FIND_BUTTON})(name) !== undefined"
_PRESS = f"(name) => ({_FIND_BUTTON})(name).click()"
_FIND_ROW = """([list, name]) => {
  const rows = [...document.querySelectorAll(`ul[aria-label="${list}"] > li`)];
  const row = rows.find((one) => one.innerText.includes(name));
  return row ? { status: row.dataset.status } : null;
}"""
_SEEK = """async (seconds) => {
  const wait = (target, event) => new Promise((resolve) => target.addEventListener(event, resolve, { once: true }));
  let video = null;
  while (!(video = document.querySelector("dialog[open] video"))) await new Promise(requestAnimationFrame);
  if (video.readyState < HTMLMediaElement.HAVE_METADATA) await wait(video, "loadedmetadata");
  const seeked = wait(video, "seeked");
  video.currentTime = seconds;
  await seeked;
  return { time: video.currentTime, width: video.videoWidth, seekableEnd: video.seekable.end(0) };
}"""


@dataclass(frozen=True)
class ExamplePage:
    tab: Tab

    @classmethod
    def open(cls, tab: Tab, url: str, user: str) -> "ExamplePage":
        """Opens the page and signs in as a user of the local stack."""
        page = cls(tab)
        tab.open(url)
        page.press(f"Sign in as {user}")
        wait_until(lambda: page.has_button("Sign out"), f"{user} is signed in")
        return page

    def press(self, button: str) -> None:
        """Presses the visible button of this name when there is one."""
        wait_until(lambda: self.has_button(button), f"there is a button {button}")
        self.tab.run(_PRESS, button)

    def has_button(self, button: str) -> bool:
        return bool(self.tab.run(_HAS_BUTTON, button))

    def choose_file(self, path: Path) -> None:
        self.tab.choose_file("#files", path)

    def choose_again(self, path: Path) -> None:
        """Chooses the file of an upload that an earlier page has started."""
        self.tab.choose_file(f'input[aria-label="Choose {path.name} again"]', path)

    def expect_upload(self, name: str, status: str) -> None:
        self._expect("Uploads", name, status)

    def expect_document(self, name: str, status: str) -> None:
        self._expect("Documents", name, status)

    def seek(self, seconds: float) -> dict[str, Any]:
        """Seeks in the video of the open dialog, and returns its state when the frame is there."""
        state: dict[str, Any] = self.tab.run(_SEEK, seconds)
        return state

    def _expect(self, rows: str, name: str, status: str) -> None:
        def has_status() -> bool:
            row = self.tab.run(_FIND_ROW, [rows, name])
            return row is not None and row["status"] == status

        wait_until(has_status, f"{name} is {status} in the list of {rows}")
