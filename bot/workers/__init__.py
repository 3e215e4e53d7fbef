"""What runs on its own?

Loops on their own threads: the job waiter follows jobs, the intent runner carries out commands, and
maintenance renews leases and deletes old rows. The pool that answers queries is here too. May import services
and what is below them.

Example of a change: to change when a job's status is read, edit `job_waiter` and
`bot.domain.polling_schedule`.
"""
