"""How is a slash command's text parsed, and how is a request written as a slash command?

Pure functions: text in; a request, or a `Mistake` with a better command, out. May import only the domain.

Example of a change: for a new option of ``/dss-jobs``, add a row to `options` and a line to `jobs_parser`.
"""
