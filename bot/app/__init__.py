"""How is the process put together?

`wiring` creates every object and starts every thread. `process` turns that into a process with signals and
exit codes. `connections` and `bolt` create the clients, and `receivers` accept Slack's requests over a socket
or as signed HTTP. May import every folder except the sandbox and the demo.

Example of a change: for a new worker, add its `Loop` to `wiring.Bot._background`.
"""
