"""The rules of following a job: what changed, what to tell, when to look again. Pure."""
