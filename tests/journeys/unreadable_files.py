"""A drop with a file that the browser cannot read, such as one that another program has locked."""

from playwright.sync_api import Page

_DROP = """(target) => {
  const createEntry = (name, file) => ({ isFile: true, isDirectory: false, name, file });
  const readable = createEntry("notes.txt", (resolve) => resolve(new File(["notes"], "notes.txt")));
  const locked = createEntry("locked.txt", (_, reject) => reject(new DOMException("No.", "NotReadableError")));
  const batches = [[locked, readable], []];
  const createReader = () => ({ readEntries: (resolve) => resolve(batches.shift()) });
  const folder = { isFile: false, isDirectory: true, name: "folder", createReader };
  const dataTransfer = { types: ["Files"], files: [], items: [{ webkitGetAsEntry: () => folder }] };
  const event = Object.assign(new Event("drop", { bubbles: true, cancelable: true }), { dataTransfer });
  document.querySelector(target).dispatchEvent(event);
}"""


def drop_with_unreadable_file(page: Page, target: str) -> None:
    """Drops a folder with `notes.txt` and the unreadable `locked.txt` on the first element of a selector."""
    page.evaluate(_DROP, target)
