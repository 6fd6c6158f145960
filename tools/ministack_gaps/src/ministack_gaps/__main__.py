"""Serves MiniStack with its gaps closed. Configured by MiniStack's own environment variables."""

from ministack import app

from ministack_gaps import close_gaps

if __name__ == "__main__":
    close_gaps()
    app.main()
