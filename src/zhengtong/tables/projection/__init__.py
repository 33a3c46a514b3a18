"""A snapshot laid out for look-ups by key（键值投影）: built once when a version is published, then only read."""

from zhengtong.tables.filters import Filter
from zhengtong.tables.projection.build import ProjectionBuilt, build_projection, project
from zhengtong.tables.projection.read import Page, Projection

__all__ = ["Filter", "Page", "Projection", "ProjectionBuilt", "build_projection", "project"]
