"""The portals through their templates, forms and views."""
