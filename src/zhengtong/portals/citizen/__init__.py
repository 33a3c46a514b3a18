"""The portal of residents and enterprises（一网通办门户）: find, apply, follow, receive, review, see who read one's data."""
