"""The views of the portal: each reads a door, fills a context, answers a page."""
