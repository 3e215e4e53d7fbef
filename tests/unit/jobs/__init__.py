"""The pure rules of the job commands."""
