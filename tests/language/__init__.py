"""Is everything that people read translated, and are the translations sound?"""
