"""The documentation as a site: pages of docs/ in the order of docs/navigation.toml, a reference of the API, and llms.txt.

`make docs` stages the Markdown, has Sphinx build HTML of it, and checks every link and asset of the result.
"""
